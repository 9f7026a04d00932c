//! EvoLadder.
