//! The emulator's web page in a real browser. Without one these tests are skipped and say so; where
//! `CI` is set that is a failure.

mod bot;
mod components;
mod dashboard;
mod driver;
mod operator;
mod pane;
mod pictures;
mod play;

use driver::Browser;
use pane::Pane;
