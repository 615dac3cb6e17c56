//! The world: everything of the input that can call or be called, with its policies and wiring, as plain data.
//!
//! Loaders fill [`pieces::Pieces`]; `build` joins them. Pure: no files. Must not know: which input format a piece
//! came from, or what reaches what.

pub mod kind;
pub mod pieces;
