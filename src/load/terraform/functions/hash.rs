//! Digests of texts and files. One of a text with holes is a hole of its own length.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::load::terraform::functions::sets::base64;
use crate::load::terraform::functions::{Call, Function, Outcome};
use crate::node::Node;
use crate::text::Shape;

pub(super) static TABLE: &[(&str, Function)] = &[
    ("base64sha256", |call| of_text(call, Shape::Any, |bytes| base64(&Sha256::digest(bytes)))),
    ("base64sha512", |call| of_text(call, Shape::Any, |bytes| base64(&Sha512::digest(bytes)))),
    ("filebase64", |call| of_file(call, Shape::Any, base64)),
    ("filebase64sha256", |call| of_file(call, Shape::Any, |bytes| base64(&Sha256::digest(bytes)))),
    ("filebase64sha512", |call| of_file(call, Shape::Any, |bytes| base64(&Sha512::digest(bytes)))),
    ("filemd5", |call| of_file(call, Shape::Id(32), |bytes| hex(&Md5::digest(bytes)))),
    ("filesha1", |call| of_file(call, Shape::Id(40), |bytes| hex(&Sha1::digest(bytes)))),
    ("filesha256", |call| of_file(call, Shape::Id(64), |bytes| hex(&Sha256::digest(bytes)))),
    ("filesha512", |call| of_file(call, Shape::Id(128), |bytes| hex(&Sha512::digest(bytes)))),
    ("md5", |call| of_text(call, Shape::Id(32), |bytes| hex(&Md5::digest(bytes)))),
    ("sha1", |call| of_text(call, Shape::Id(40), |bytes| hex(&Sha1::digest(bytes)))),
    ("sha256", |call| of_text(call, Shape::Id(64), |bytes| hex(&Sha256::digest(bytes)))),
    ("sha512", |call| of_text(call, Shape::Id(128), |bytes| hex(&Sha512::digest(bytes)))),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_text(call: &Call<'_>, shape: Shape, of: fn(&[u8]) -> String) -> Outcome {
    match call.text(0)?.as_literal() {
        Some(text) if call.scope.notes().labour(text.len()) => Ok(Node::text(of(text.as_bytes()), call.span)),
        _ => Ok(call.text_hole(shape)),
    }
}

/// Of a file that is not there the digest is not known, and nothing more is said: it may be made before it is used
fn of_file(call: &Call<'_>, shape: Shape, of: fn(&[u8]) -> String) -> Outcome {
    let text = call.text(0)?;
    let bytes = text.as_literal().and_then(|path| call.scope.names.bytes(path).ok());
    match bytes {
        Some(bytes) if call.scope.notes().labour(bytes.len()) => Ok(Node::text(of(&bytes), call.span)),
        _ => Ok(call.text_hole(shape)),
    }
}
