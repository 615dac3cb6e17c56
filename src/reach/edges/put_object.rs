//! Who puts an object says how it is encrypted: with a key of S3's, or with the key `aws/s3` of KMS, which need nothing
//! more, or with one that the caller must be allowed to use; without a word the bucket's default counts \[API_PutObject,
//! bucket-encryption\].
//!
//! So a customer managed key on a bucket keeps nobody from putting objects, unless policies ask for it. Must not know: what
//! an object's name is, or what comes of it.

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::key;
use crate::reach::judge::Judgement;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::view::View;
use crate::world::{Entity, KeyUse};

/// The call
pub(super) const PUT_OBJECT: &str = "s3:PutObject";

const ENCRYPTION: &str = "s3:x-amz-server-side-encryption";
const KEY_ID: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/// The headers of a request
type Headers = Vec<(&'static str, KeyValue)>;

/// The key that a request makes S3 use
enum With<'k> {
    /// One of S3's own
    NoKey,
    /// `aws/s3`, which serves the account that the caller and the bucket are in
    OfAws,
    /// One that the bucket is encrypted with
    This(&'k KeyUse),
    /// Another one
    Another,
}

/// Whether a caller may put an object, which policies allow in some form (`plain`), with a key that it may use
///
/// `ask` decides the request with these headers.
pub(super) fn with_key(
    view: &View<'_>,
    (entity, who): (Option<&Entity>, &Caller),
    bucket: &Entity,
    plain: Judgement,
    mut ask: impl FnMut(Headers) -> Option<Judgement>,
) -> Option<Judgement> {
    if bucket.keys.is_empty() {
        return Some(plain);
    }
    let mut best: Option<Judgement> = None;
    let mut is_allowed = false;
    for (headers, with) in ways(view, bucket) {
        let Some(mut judged) = ask(headers) else { continue };
        is_allowed = true;
        match with {
            // Nothing asks for another encryption: what was decided stands as it is.
            With::NoKey if judged.causes == plain.causes => return Some(plain),
            With::NoKey => {}
            With::This(used) => match key::to_write(view, (entity, who), bucket, used) {
                Some(used) => judged = judged.and(used),
                None => continue,
            },
            With::OfAws if is_at_home(who, bucket) => {}
            With::OfAws | With::Another => {
                let what =
                    format!("a key of KMS other than that of {}, which the caller may use", bucket.display);
                judged.doubt(&[Cause::new(CauseKind::OpenWorld, what)]);
            }
        }
        let is_better =
            |known: &Judgement| (judged.state(), judged.causes.len()) < (known.state(), known.causes.len());
        if best.as_ref().is_none_or(is_better) {
            best = Some(judged);
        }
    }
    if best.is_none() && !is_allowed {
        let what = format!("how an object of {} must be encrypted", bucket.display);
        let mut unsure = plain;
        unsure.doubt(&[Cause::new(CauseKind::NotConfirmed, what)]);
        return Some(unsure);
    }
    best
}

/// The forms of a request, each with the key that it makes S3 use
fn ways<'b>(view: &View<'_>, bucket: &'b Entity) -> Vec<(Headers, With<'b>)> {
    let value = |text: &str| KeyValue::One(Text::from(text));
    let mut out = vec![(vec![(ENCRYPTION, value("AES256")), (KEY_ID, KeyValue::Absent)], With::NoKey)];
    for used in &bucket.keys {
        let arn = key::arn(view.entity(used.key), bucket);
        let named = KeyValue::One(arn.clone());
        let another = KeyValue::One(another(&arn));
        out.push((vec![(ENCRYPTION, KeyValue::Absent), (KEY_ID, KeyValue::Absent)], With::This(used)));
        for algorithm in ["aws:kms", "aws:kms:dsse"].map(value) {
            out.push((vec![(ENCRYPTION, algorithm.clone()), (KEY_ID, KeyValue::Absent)], With::OfAws));
            out.push((vec![(ENCRYPTION, algorithm.clone()), (KEY_ID, named.clone())], With::This(used)));
            out.push((vec![(ENCRYPTION, algorithm), (KEY_ID, another.clone())], With::Another));
        }
    }
    out
}

/// Whether caller and bucket are surely of one account
fn is_at_home(who: &Caller, bucket: &Entity) -> bool {
    matches!((who.account(), &bucket.account), (Some(own), Some(owner)) if own == *owner)
}

/// The ARN of a key beside this one
fn another(key: &Text) -> Text {
    let id = Hole::new("another key", HoleKind::Generated, Shape::Name);
    match Arn::parse(key) {
        Some(arn) => Arn { resource: Text::from("key/").with(id), ..arn }.to_text(),
        None => Text::from(id),
    }
}
