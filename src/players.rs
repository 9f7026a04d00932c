//! The people of a demo.

pub mod chance;
pub mod game;
pub mod matches;
pub mod people;
