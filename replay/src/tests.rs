//! Proofs that need whole files: real ones, forged ones and hostile ones.

mod forged;
mod heap;
mod hostile;
mod real;
