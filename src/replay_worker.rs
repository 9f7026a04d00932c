//! replay_worker
