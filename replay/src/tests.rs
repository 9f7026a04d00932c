//! Proofs that need whole files: real ones, forged ones and hostile ones.

mod hostile;
mod real;
