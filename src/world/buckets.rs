//! What stands before the policies of S3 buckets: Block Public Access, object ownership, and access control lists.
//!
//! Loaders fill it; `world::build` turns it into statements on the buckets. Must not know: how a policy is decided.

use crate::cause::Cause;
use crate::source::Span;
use crate::text::Text;
use crate::world::pieces::Reference;

/// What an input tells of the buckets, not joined yet
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Block Public Access
    pub blocks: Vec<Block>,
    /// Object ownership
    pub ownership: Vec<Ownership>,
    /// Access control lists
    pub lists: Vec<AccessList>,
}

/// Whether a setting is on
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switch {
    /// It is
    On,
    /// It is not
    Off,
    /// It is, if this is so
    Depends(Cause),
}

/// Block Public Access of a bucket or an account
#[derive(Clone, Debug)]
pub struct Block {
    /// Which bucket, or the account itself
    pub of: BlockOf,
    /// `restrict_public_buckets`
    pub restrict: Switch,
    /// `ignore_public_acls`
    pub ignore_lists: Switch,
    /// Where it is written
    pub span: Span,
    /// Why it may not exist
    pub doubts: Vec<Cause>,
}

/// What a Block Public Access stands before
#[derive(Clone, Debug)]
pub enum BlockOf {
    /// One bucket
    Bucket(Reference),
    /// Every bucket of an account
    Account(Text),
}

/// Who owns the objects of a bucket, and so whether access control lists count
#[derive(Clone, Debug)]
pub struct Ownership {
    /// The bucket
    pub bucket: Reference,
    /// `BucketOwnerEnforced`: lists do not count
    pub enforced: Switch,
    /// Why it may not exist
    pub doubts: Vec<Cause>,
}

/// An access control list of a bucket or an object, as far as it grants something to many
#[derive(Clone, Debug)]
pub struct AccessList {
    /// The bucket
    pub bucket: Reference,
    /// The object's key, where the list is an object's
    pub object: Option<Text>,
    /// To whom it grants
    pub to: Group,
    /// The actions that the permission stands for
    pub actions: Vec<&'static str>,
    /// Where it is written
    pub span: Span,
    /// Why it may not exist, or say something else
    pub doubts: Vec<Cause>,
}

/// The predefined groups of access control lists
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// `AllUsers`
    Everyone,
    /// `AuthenticatedUsers`: whoever signs a request, in any account
    Signed,
}
