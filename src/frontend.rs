//! frontend
pub mod breaker;
pub mod card_view;
pub mod commands;
pub mod custom_id;
pub mod incoming;
pub mod refusal;
pub mod reply;
pub mod rest;
pub mod text;
