//! Looking at a journal without touching it, also while a ladder writes to it.
