//! Raw Terraform: a folder of `.tf` files to [`crate::world::pieces::Pieces`].
//!
//! The way: text to blocks (`syntax`), blocks to evaluated [`instance::Instance`]s (`expression`, `module`), instances
//! to pieces (`resources`). What an attribute that AWS makes reads like is a table (`attributes`).

pub mod attributes;
mod compare;
mod expression;
mod functions;
pub mod instance;
mod notes;
pub mod policy_document;
pub mod resources;
pub mod syntax;
mod template;
