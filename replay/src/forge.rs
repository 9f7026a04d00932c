//! Writes replays of games that never happened.
