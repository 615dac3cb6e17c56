//! Raw Terraform: a folder of `.tf` files to [`crate::world::pieces::Pieces`].
//!
//! The way: text to blocks (`syntax`), blocks to evaluated [`instance::Instance`]s (`expression`, `module`), instances
//! to pieces (`resources`). What an attribute that AWS makes reads like is a table (`attributes`).

pub mod attributes;
pub mod instance;
pub mod policy_document;
pub mod resources;
