//! The people of a demo.

pub mod chance;
pub mod people;
