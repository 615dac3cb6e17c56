//! What a caller needs beside the call itself where a resource is encrypted with a customer managed key.
//!
//! The service asks KMS in the caller's name, with a forward access session: the key's policy and grants, the caller's
//! identity policies and the service in `kms:ViaService` decide \[access_forward_access_sessions, conditions-kms\]. An
//! AWS managed key needs nothing of who is of its account, and serves nobody else. CloudWatch Logs asks in its own name, and
//! SNS decrypts for its subscribers, so their readers need no key either \[encrypt-log-data-kms, sns-key-management\].
//! Must not know: which resources are encrypted with what (`world`).

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::State;
use crate::reach::edges::action;
use crate::reach::edges::put_object::PUT_OBJECT;
use crate::reach::judge::{Judgement, ask};
use crate::text::{Hole, Text};
use crate::world::data::{self, AWS_MANAGED_KEY, Access, DATA_KEY, DataKind, InContext};
use crate::world::kind::Kind;
use crate::world::view::{Question, View};
use crate::world::{Entity, KeyUse};

/// What is decided of one caller's use of one resource's keys: asked once for each set of calls on a key, however many
/// accesses need it
#[derive(Debug, Default)]
pub(super) struct Uses(Vec<(&'static [&'static str], Option<Judgement>)>);

impl Uses {
    /// [`use_of_key`], remembered; the caller and the resource must be the same each time
    pub(super) fn of(
        &mut self,
        view: &View<'_>,
        entity: Option<&Entity>,
        who: &Caller,
        target: &Entity,
        (row, access): (&DataKind, Access),
    ) -> Option<Judgement> {
        if let Some((_, known)) = self.0.iter().find(|(calls, _)| *calls == access.key) {
            return known.clone();
        }
        let judged = use_of_key(view, entity, who, target, (row, access));
        self.0.push((access.key, judged.clone()));
        judged
    }
}

/// Whether a caller may use the key of a resource as an access needs it: `None` where it surely may not
pub(super) fn use_of_key(
    view: &View<'_>,
    entity: Option<&Entity>,
    who: &Caller,
    target: &Entity,
    (row, access): (&DataKind, Access),
) -> Option<Judgement> {
    if access.key.is_empty() {
        return Some(Judgement::default());
    }
    if target.keys.is_empty() {
        return with_key_of_aws(who, target);
    }
    let judged = target
        .keys
        .iter()
        .map(|used| with_key(view, entity, who, target, used, (row, access)).or_else(|| not_that(used)));
    // Of several keys it is one; which, is in doubt of each.
    let whole = judged.flatten().reduce(Judgement::and);
    if target.kind != Kind::Bucket || whole.as_ref().is_some_and(|whole| whole.state() == State::Yes) {
        return whole;
    }
    // A bucket's key is only the default of new objects \[bucket-encryption\].
    let mut other = whole.unwrap_or_default();
    let span = target.keys.first().map(|used| used.span);
    let what = format!("an object of {} is not encrypted with its default key", target.display);
    other.doubt(&[Cause { kind: CauseKind::OpenWorld, what, span }]);
    Some(other)
}

/// An AWS managed key serves who is of its account, and nobody else \[auth-and-access_examples_cross, concepts#aws-managed-cmk\]
fn with_key_of_aws(who: &Caller, target: &Entity) -> Option<Judgement> {
    let mut judged = Judgement::default();
    // A bucket's key is only the default of new objects, and a service acts for its own resources.
    let is_all = target.kind != Kind::Bucket && !who.is_service();
    let setting = target.settings.get(AWS_MANAGED_KEY).filter(|_| is_all);
    let Some(setting) = setting else { return Some(judged) };
    match (who.account(), &target.account) {
        (Some(own), Some(owner)) => match fit(&own, owner, Way::Exact) {
            Fit::Yes => {}
            Fit::No => return None,
            Fit::Depends(_) => {
                let what = format!("whether the caller is of the account of {}", target.display);
                judged.doubt(&[Cause::at(CauseKind::OpenWorld, what, setting.span)]);
            }
        },
        (None, _) => return None,
        (Some(_), None) => {}
    }
    Some(judged)
}

/// Whether a caller may use this key of a bucket to put an object: `None` where it surely may not
pub(super) fn to_write(
    view: &View<'_>,
    (entity, who): (Option<&Entity>, &Caller),
    bucket: &Entity,
    used: &KeyUse,
) -> Option<Judgement> {
    let (row, access) = data::access(PUT_OBJECT)?;
    with_key(view, entity, who, bucket, used, (row, access.with(DATA_KEY))).or_else(|| not_that(used))
}

/// Where a key surely refuses, it may still be another one that counts, or none
fn not_that(used: &KeyUse) -> Option<Judgement> {
    let mut judged = Judgement::default();
    judged.doubt(&used.doubts);
    (judged.state() == State::Conditional).then_some(judged)
}

fn with_key(
    view: &View<'_>,
    entity: Option<&Entity>,
    who: &Caller,
    target: &Entity,
    used: &KeyUse,
    (row, access): (&DataKind, Access),
) -> Option<Judgement> {
    let key = view.entity(used.key);
    let mut whole = Judgement::default();
    for name in access.key {
        let action = action(name);
        let question = Question {
            caller: who.clone(),
            identity: entity.filter(|entity| entity.kind != Kind::Anonymous).map(|entity| entity.id),
            action: &action,
            resource: arn(key, target),
            on: Some(used.key),
            context: context(who, key, target, row),
        };
        whole = whole.and(ask(view, &question)?);
    }
    whole.doubt(&used.doubts);
    whole.doubt(&key.doubts);
    Some(whole)
}

/// The key's ARN; of a key that the input knows by alias or name only, what is known of it
pub(super) fn arn(key: &Entity, target: &Entity) -> Text {
    let known = key.arn.as_ref().and_then(Arn::parse);
    if let (Some(arn), Some(known)) = (&key.arn, &known)
        && known.resource.strip_prefix("alias/").is_none()
    {
        return arn.clone();
    }
    let beside = target.arn.as_ref().and_then(Arn::parse);
    let part = |of: fn(&Arn) -> &Text| {
        let part = known.as_ref().or(beside.as_ref()).map(of).filter(|part| !part.is_empty());
        part.cloned().unwrap_or_else(|| Text::from(Hole::input(format!("where {} is", key.display))))
    };
    let account = key.account.clone().or_else(|| target.account.clone());
    let id = match key.name.strip_prefix("alias/") {
        Some(_) => Text::from(Hole::input(format!("the key of {}", key.name))),
        None => key.name.clone(),
    };
    let arn = Arn {
        partition: part(|arn| &arn.partition),
        service: Text::from("kms"),
        region: part(|arn| &arn.region),
        account: account.unwrap_or_else(|| part(|arn| &arn.account)),
        resource: Text::from("key/").with(id),
    };
    arn.to_text()
}

/// What KMS does not learn of a call that comes through no service
pub(super) fn of_a_direct_call(action: &Action) -> Vec<(&'static str, KeyValue)> {
    let is_of_kms = action.service().eq_ignore_ascii_case("kms");
    if is_of_kms { vec![("kms:ViaService", KeyValue::Absent)] } else { Vec::new() }
}

/// What KMS learns of the call: through which service it comes, and the encryption context that the service gives
fn context(who: &Caller, key: &Entity, target: &Entity, row: &DataKind) -> Vec<(&'static str, KeyValue)> {
    let given = |what: &InContext| match what {
        InContext::Arn => target.arn.clone().map_or(KeyValue::Unknown, KeyValue::One),
        InContext::Name => KeyValue::One(target.name.clone()),
        InContext::Account => target.account.clone().map_or(KeyValue::Unknown, KeyValue::One),
        InContext::NotKnown => KeyValue::Unknown,
        InContext::Keys(keys) => KeyValue::Many(keys.iter().map(|key| Text::from(*key)).collect()),
    };
    let mut out: Vec<_> = row.context.iter().map(|(name, what)| (*name, given(what))).collect();
    out.extend(
        ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"].map(|name| (name, KeyValue::Unknown)),
    );
    if !who.has_credentials() {
        // A service that calls for itself asks KMS for itself.
        return out;
    }
    let region = |of: &Entity| {
        let arn = of.arn.as_ref().and_then(Arn::parse);
        arn.map(|arn| arn.region).filter(|region| !region.is_empty())
    };
    let via = match region(target).or_else(|| region(key)) {
        Some(region) => KeyValue::One(Text::from(row.service).with(".").with(region).with(".amazonaws.com")),
        None => KeyValue::Unknown,
    };
    out.push(("kms:ViaService", via));
    out.push(("aws:ViaAWSService", KeyValue::One(Text::from("true"))));
    out
}
