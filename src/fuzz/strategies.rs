//! Strategies: what policies, patterns and requests look like, drawn from one small dictionary so that they meet.
//!
//! Lists go from simple to odd, because shrinking goes to their start. Strategies are built without dependent draws, so that
//! everything shrinks. Must not know: which laws use them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::aws::action::Action;
use crate::aws::pattern::Way;
use crate::eval::context::{Context, KeyValue, Others};
use crate::eval::request::{Caller, Request};
use crate::fuzz::laws::{Draw, Policies};
use crate::policy::operator::Operator;
use crate::policy::{
    Clause, Condition, Effect, Entry, Named, Policy, PrincipalKind, Principals, Statement, Unread, Version,
};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};

static ACTIONS: &[&str] = &[
    "lambda:InvokeFunction",
    "lambda:InvokeFunctionUrl",
    "s3:GetObject",
    "sts:AssumeRole",
    "kms:Decrypt",
    "ec2:DescribeInstances",
    "lambda:GhostAction",
];

static ACTION_PATTERNS: &[&str] = &[
    "*",
    "lambda:InvokeFunction",
    "lambda:*",
    "lambda:Invoke*",
    "LAMBDA:invoke?unction",
    "s3:GetObject",
    "s3:Get*",
    "sts:AssumeRole",
    "kms:*",
    "ec2:Describe*",
    "lambda:InvokeFunctionUr?",
    "s3:GetObjec",
];

static RESOURCES: &[&str] = &[
    "arn:aws:lambda:eu-west-1:111122223333:function:orders",
    "arn:aws:lambda:eu-west-1:111122223333:function:orders:prod",
    "arn:aws:s3:::acme/in/a.csv",
    "arn:aws:iam::111122223333:role/svc/etl",
    "arn:aws:kms:eu-west-1:111122223333:key/k1",
    "*",
];

static RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "arn:aws:lambda:eu-west-1:111122223333:function:orders",
    "arn:aws:lambda:eu-west-1:111122223333:function:orders*",
    "arn:aws:lambda:*:111122223333:function:orders:*",
    "arn:aws:lambda:*:function:orders",
    "arn:aws:lambda:eu-*-1:111122223333:function:*",
    "arn:aws:lambda:eu-*3:function:orders",
    "arn:aws:s3:::acme/*",
    "arn:aws:s3:::acme/in/?.csv",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws-cn:lambda:*:*:function:*",
    "arn:aws:s3",
];

static PRINCIPALS: &[(PrincipalKind, &str)] = &[
    (PrincipalKind::Aws, "*"),
    (PrincipalKind::Aws, "111122223333"),
    (PrincipalKind::Aws, "arn:aws:iam::111122223333:root"),
    (PrincipalKind::Aws, "arn:aws:iam::111122223333:user/mika"),
    (PrincipalKind::Aws, "arn:aws:iam::111122223333:role/svc/etl"),
    (PrincipalKind::Aws, "arn:aws:sts::111122223333:assumed-role/etl/job"),
    (PrincipalKind::Aws, "arn:aws:iam::444455556666:user/mika"),
    (PrincipalKind::Aws, "AROAEXAMPLE"),
    (PrincipalKind::Service, "sns.amazonaws.com"),
    (PrincipalKind::Federated, "arn:aws:iam::111122223333:oidc-provider/idp.acme.test"),
    (PrincipalKind::CanonicalUser, "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
];

static OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringEqualsIgnoreCase",
    "ArnLike",
    "ArnNotEquals",
    "Bool",
    "Null",
    "NumericLessThan",
    "DateGreaterThan",
    "IpAddress",
    "NotIpAddress",
    "BinaryEquals",
    "StringEqualsIfExists",
    "StringNotLikeIfExists",
    "BoolIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "ForAnyValue:StringNotEquals",
    "ForAllValues:StringLikeIfExists",
    "StringMatches",
];

static KEYS: &[&str] = &[
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:PrincipalTag/team",
    "aws:TagKeys",
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:MultiFactorAuthAge",
    "aws:CurrentTime",
    "aws:username",
    "aws:PrincipalArn",
    "lambda:FunctionUrlAuthType",
    "AWS:PRINCIPALTAG/TEAM",
];

static VALUES: &[&str] = &[
    "red",
    "RED",
    "r*",
    "true",
    "false",
    "111122223333",
    "arn:aws:s3:::acme",
    "arn:aws:*:*:*:*",
    "203.0.113.0/24",
    "203.0.113.7",
    "300",
    "300.5",
    "2026-01-01T00:00:00Z",
    "${aws:username}",
    "${aws:PrincipalTag/team, 'red'}",
    "mika",
    "",
];

/// Whether texts may have holes: one in eight then does
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holes {
    /// Everything is known
    None,
    /// Some things are not
    Some,
}

/// One of these, perhaps with a hole in it or instead of it
fn text(words: &'static [&'static str], holes: Holes) -> impl Strategy<Value = Text> + Clone {
    let chance: u32 = if holes == Holes::Some { 1 } else { 0 };
    (select(words), (0..8_u32), hole(), any::<prop::sample::Index>()).prop_map(
        move |(word, luck, hole, at)| {
            if luck + chance < 8 {
                return Text::from(word);
            }
            let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
            let cut = cuts.get(at.index(cuts.len())).copied().unwrap_or(0);
            let (before, after) = word.split_at_checked(cut).unwrap_or((word, ""));
            // The hole stands for a letter, for what follows, or for everything.
            let skipped = after.chars().next().map_or(0, char::len_utf8);
            match hole.name().len() % 3 {
                0 => Text::from(hole),
                1 => Text::from(before).with(hole),
                _ => Text::from(before).with(hole).with(after.get(skipped..).unwrap_or("")),
            }
        },
    )
}

fn hole() -> impl Strategy<Value = Hole> + Clone {
    let kinds = vec![HoleKind::Input, HoleKind::Generated];
    let shapes = vec![Shape::Any, Shape::Name, Shape::Id(2), Shape::Account];
    (select(vec!["var.a", "var.bb", "var.ccc"]), select(kinds), select(shapes))
        .prop_map(|(name, kind, shape)| Hole::new(format!("{name}.{kind:?}.{shape:?}"), kind, shape))
}

fn entries(words: &'static [&'static str], holes: Holes) -> impl Strategy<Value = Vec<Entry>> + Clone {
    vec(text(words, holes).prop_map(|text| Entry { text, span: Span::NOWHERE }), 1..4)
}

/// The element in three cases of four, its negated sister in one
fn clause<T: Clone + std::fmt::Debug>(
    inner: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Clause<T>> {
    prop_oneof![3 => inner.clone().prop_map(Clause::Is), 1 => inner.prop_map(Clause::Not)]
}

fn principals(holes: Holes) -> impl Strategy<Value = Principals> + Clone {
    let kinds = select(PRINCIPALS);
    let named = (kinds, text(&["*"], holes)).prop_map(|((kind, word), drawn)| Named {
        kind: kind.clone(),
        text: if drawn.as_hole().is_some() { drawn } else { word.into() },
        span: Span::NOWHERE,
    });
    let grouped = vec(named, 1..4).prop_map(|mut named| {
        // The language has one list of each kind.
        named.sort_by_key(|named| named.kind.name());
        Principals::Listed(named)
    });
    prop_oneof![1 => Just(Principals::Everyone(Span::NOWHERE)), 3 => grouped]
}

fn conditions(holes: Holes) -> impl Strategy<Value = Vec<Condition>> {
    let one =
        (select(OPERATORS), select(KEYS), entries(VALUES, holes)).prop_map(|(operator, key, values)| {
            Condition {
                operator: Operator::parse(&operator.into()),
                key: key.into(),
                values,
                span: Span::NOWHERE,
            }
        });
    vec(one, 0..3).prop_map(|mut conditions| {
        // An operator has one block, and a key stands in it once.
        let name = |condition: &Condition| (condition.operator.name(), condition.key.clone());
        conditions.sort_by_key(name);
        conditions.dedup_by_key(|condition| name(condition));
        conditions
    })
}

/// A statement of an identity policy, or with principals that of a resource's policy
pub fn statement(holes: Holes, carries: Carries) -> impl Strategy<Value = Statement> {
    let effect = prop_oneof![
        6 => Just(Effect::Allow),
        3 => Just(Effect::Deny),
        1 => hole().prop_map(move |hole| match holes {
            Holes::None => Effect::Deny,
            Holes::Some => Effect::Unknown(hole),
        }),
    ];
    let unread = option::weighted(0.05, hole()).prop_map(move |hole| match (holes, hole) {
        (Holes::Some, Some(hole)) => {
            vec![Unread {
                what: "a part that was not understood".into(),
                hole: Some(hole),
                span: Span::NOWHERE,
            }]
        }
        (Holes::None, _) | (Holes::Some, None) => Vec::new(),
    });
    let sid = option::of(select(vec!["", "One", "Two"]).prop_map(Text::from));
    let elements = (
        sid,
        effect,
        clause(principals(holes)),
        clause(entries(ACTION_PATTERNS, holes)),
        clause(entries(RESOURCE_PATTERNS, holes)),
        conditions(holes),
        unread,
    );
    elements.prop_map(move |(sid, effect, principal, action, resource, condition, unread)| Statement {
        index: 0,
        sid,
        effect,
        principal: match carries {
            Carries::Nobody => Clause::Absent,
            Carries::Principals => principal,
        },
        action,
        resource,
        condition,
        unread,
        span: Span::NOWHERE,
    })
}

/// Whether statements name principals
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// Identity policies, boundaries, session policies, SCPs
    Nobody,
    /// Policies of resources, RCPs, endpoint policies
    Principals,
}

/// A policy of up to three statements
pub fn policy(holes: Holes, carries: Carries) -> impl Strategy<Value = Policy> {
    let version = prop_oneof![
        6 => Just(Version::V2012),
        1 => Just(Version::V2008 { written: true }),
        1 => Just(Version::V2008 { written: false }),
        1 => hole().prop_map(move |hole| match holes {
            Holes::None => Version::V2012,
            Holes::Some => Version::Unknown(hole.into()),
        }),
    ];
    let id = option::weighted(0.1, select(vec!["", "doc"]).prop_map(Text::from));
    (version, id, vec(statement(holes, carries), 0..4)).prop_map(|(version, id, mut statements)| {
        statements.iter_mut().enumerate().for_each(|(index, statement)| statement.index = index);
        Policy { version, id, statements, span: Span::NOWHERE }
    })
}

/// Policies at every layer, most often at few
pub fn policies(holes: Holes) -> impl Strategy<Value = Policies> {
    let own = |most: usize| vec(policy(holes, Carries::Nobody), 0..=most);
    let of_resource = |most: usize| vec(policy(holes, Carries::Principals), 0..=most);
    let seldom = |list: BoxedStrategy<Vec<Policy>>| prop_oneof![3 => Just(Vec::new()), 1 => list];
    let levels = |list: BoxedStrategy<Vec<Policy>>| prop_oneof![3 => Just(Vec::new()), 1 => vec(list, 0..3)];
    let layers = (
        vec(policy(holes, Carries::Nobody), 1..3),
        of_resource(1),
        seldom(own(1).boxed()),
        seldom(own(2).boxed()),
        levels(own(2).boxed()),
        levels(of_resource(1).boxed()),
        seldom(of_resource(1).boxed()),
    );
    layers.prop_map(|(identity, resource, boundary, session, scps, rcps, endpoint)| Policies {
        identity,
        resource,
        boundary,
        session,
        scps,
        rcps,
        endpoint,
    })
}

fn caller() -> impl Strategy<Value = Caller> {
    let role = || Text::from("arn:aws:iam::111122223333:role/svc/etl");
    select(vec![
        Caller::User("arn:aws:iam::111122223333:user/mika".into()),
        Caller::User("arn:aws:iam::444455556666:user/mika".into()),
        Caller::Session { role: role(), name: Some("job".into()) },
        Caller::Session { role: role(), name: None },
        Caller::Service("sns.amazonaws.com".into()),
        Caller::Root("111122223333".into()),
        Caller::Account("444455556666".into()),
        Caller::FederatedUser("arn:aws:sts::111122223333:federated-user/c".into()),
        Caller::Federated("arn:aws:iam::111122223333:oidc-provider/idp.acme.test".into()),
        Caller::ServiceLinkedRole(
            "arn:aws:iam::111122223333:role/aws-service-role/x/AWSServiceRoleForX".into(),
        ),
        Caller::Anonymous,
    ])
}

fn key_value(holes: Holes) -> impl Strategy<Value = KeyValue> {
    prop_oneof![
        6 => text(VALUES, holes).prop_map(KeyValue::One),
        2 => vec(text(VALUES, holes), 0..3).prop_map(KeyValue::Many),
        1 => Just(KeyValue::Absent),
        1 => Just(KeyValue::Unknown).prop_map(move |unknown| match holes {
            Holes::None => KeyValue::Absent,
            Holes::Some => unknown,
        }),
    ]
}

/// A request
pub fn request(holes: Holes) -> impl Strategy<Value = Request> {
    let actions: Vec<Action> = ACTIONS.iter().filter_map(|action| Action::parse(action)).collect();
    let owner = option::weighted(0.9, select(vec!["111122223333", "444455556666"]).prop_map(Text::from));
    let others = select(vec![Others::Absent, Others::Unknown]);
    let keys = vec((select(KEYS), key_value(holes)), 0..5);
    (caller(), select(actions), text(RESOURCES, holes), owner, others, keys).prop_map(
        move |(caller, action, resource, owner, others, keys)| {
            let others = if holes == Holes::None { Others::Absent } else { others };
            let mut context = Context::new(others);
            keys.into_iter().for_each(|(key, value)| context.set(key, value));
            Request { caller, action, resource, owner, context }
        },
    )
}

/// What a law of decisions is tried on
pub fn draw(holes: Holes) -> impl Strategy<Value = Draw> {
    let elements = (
        policies(holes),
        request(holes),
        statement(holes, Carries::Principals),
        vec(key_value(holes), 1..5),
        0..64_usize,
    );
    elements.prop_map(|(policies, request, statement, values, number)| Draw {
        policies,
        request,
        statement,
        values,
        number,
    })
}

/// A pattern and a text of few letters, so that they often nearly fit, or an ARN and a pattern for ARNs
pub fn pattern_and_text(holes: Holes) -> impl Strategy<Value = (Text, Text)> {
    let letters = |choice: &'static str| {
        let piece = prop_oneof![
            7 => prop::sample::select(choice.chars().collect::<Vec<_>>()).prop_map(|c| Text::from(c.to_string())),
            1 => hole().prop_map(move |hole| match holes {
                Holes::None => Text::from("a"),
                Holes::Some => Text::from(hole),
            }),
        ];
        vec(piece, 0..8).prop_map(|pieces| pieces.iter().fold(Text::new(), |text, piece| text.with(piece)))
    };
    let arn = |choice: &'static str| {
        vec(letters(choice), 4..7)
            .prop_map(|parts| parts.iter().fold(Text::from("arn"), |text, part| text.with(":").with(part)))
    };
    prop_oneof![
        (letters("ab*?:"), letters("abA:*")),
        (arn("ab*?"), arn("ab")),
        (text(RESOURCE_PATTERNS, holes), text(RESOURCES, holes)),
        (text(ACTION_PATTERNS, holes), text(ACTIONS, holes)),
    ]
}

/// A way of matching
pub fn way() -> impl Strategy<Value = Way> {
    select(vec![
        Way::Like,
        Way::Exact,
        Way::LikeIgnoringCase,
        Way::ExactIgnoringCase,
        Way::ArnLike,
        Way::Resource,
    ])
}
