//! The graph against brute force, on random small worlds: every triple of caller, action and resource is decided, the
//! closure is taken plainly, and what is reached must be the same, tier for tier and state for state.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gatecrash::aws::action::Action;
use gatecrash::eval::context::KeyValue;
use gatecrash::load::{self, Options};
use gatecrash::reach::graph::Graph;
use gatecrash::reach::search::{self, Tier};
use gatecrash::reach::{Grade, State, judge};
use gatecrash::text::Text;
use gatecrash::world::data::{Access, row};
use gatecrash::world::kind::Kind;
use gatecrash::world::view::{Question, View, caller};
use gatecrash::world::{Entity, EntityId, Link, Wired, World, build::build};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// How many roles, functions, and pieces of data of each kind a world has
const ROLES: usize = 4;
const FUNCTIONS: usize = 3;
const STORES: usize = 2;

/// A statement that some policy has
#[derive(Clone, Debug)]
struct Statement {
    effect: &'static str,
    action: &'static str,
    resource: String,
    mfa: Mfa,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mfa {
    Asked,
    NotAsked,
}

/// A small world, as choices
#[derive(Clone, Debug)]
struct Small {
    /// Statements of the roles' policies, with whose
    identity: Vec<(usize, Statement)>,
    /// Whom each role trusts: Lambda, the account, or a role
    trust: Vec<usize>,
    /// Functions that a role is named for in the function policy
    permissions: Vec<(usize, usize)>,
    /// Statements of secrets' policies, with whose and for whom
    secrets: Vec<(usize, usize, &'static str)>,
    /// Queues that a function polls
    mappings: Vec<(usize, usize)>,
    /// Whether the first function has a public URL
    url: bool,
    /// How the endpoint of the web function knows its callers
    web: &'static str,
    /// Roles that the web function's policy names
    callers: Vec<usize>,
}

const ACCOUNT: &str = "111122223333";
const ACTIONS: &[&str] = &[
    "lambda:InvokeFunction",
    "lambda:InvokeWebFunctionEndpoint",
    "lambda:Invoke*",
    "sts:AssumeRole",
    "secretsmanager:GetSecretValue",
    "secretsmanager:*",
    "dynamodb:GetItem",
    "dynamodb:Put*",
    "sqs:SendMessage",
    "sqs:*",
];

fn resource() -> impl Strategy<Value = String> {
    let of = |service: &'static str, region: &'static str, before: &'static str, count: usize| {
        let names: Vec<String> = (0..count).map(|n| n.to_string()).chain(["*".to_owned()]).collect();
        select(names).prop_map(move |name| format!("arn:aws:{service}:{region}:{ACCOUNT}:{before}{name}"))
    };
    prop_oneof![
        Just("*".to_owned()),
        of("lambda", "eu-west-1", "function:f", FUNCTIONS),
        of("lambda", "eu-west-1", "web-function/w", 1).prop_map(|arn| format!("{arn}/endpoint/live")),
        of("iam", "", "role/r", ROLES),
        of("secretsmanager", "eu-west-1", "secret:s", STORES).prop_map(|arn| format!("{arn}-*")),
        of("dynamodb", "eu-west-1", "table/t", STORES),
        of("sqs", "eu-west-1", "q", STORES),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    let effect = prop_oneof![4 => Just("Allow"), 1 => Just("Deny")];
    let mfa = prop_oneof![3 => Just(Mfa::NotAsked), 1 => Just(Mfa::Asked)];
    (effect, select(ACTIONS), resource(), mfa).prop_map(|(effect, action, resource, mfa)| Statement {
        effect,
        action,
        resource,
        mfa,
    })
}

fn small() -> impl Strategy<Value = Small> {
    (
        prop::collection::vec((0..ROLES, statement()), 2..14),
        prop::collection::vec(0..ROLES + 2, ROLES),
        prop::collection::vec((0..FUNCTIONS, 0..ROLES), 0..3),
        prop::collection::vec((0..STORES, 0..ROLES, select(&["Allow", "Deny"][..])), 0..2),
        prop::collection::vec((0..STORES, 0..FUNCTIONS), 0..3),
        any::<bool>(),
        (select(&["ApplicationManaged", "IamAuth"][..]), prop::collection::vec(0..ROLES, 0..2)),
    )
        .prop_map(|(identity, trust, permissions, secrets, mappings, url, (web, callers))| Small {
            identity,
            trust,
            permissions,
            secrets,
            mappings,
            url,
            web,
            callers,
        })
}

impl Small {
    /// As Terraform
    fn terraform(&self) -> String {
        let mut out = format!(
            r#"terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 6.28"
    }}
  }}
}}
provider "aws" {{
  region              = "eu-west-1"
  allowed_account_ids = ["{ACCOUNT}"]
}}
"#
        );
        for (n, trusted) in self.trust.iter().enumerate() {
            let principal = match trusted.checked_sub(2) {
                None if *trusted == 0 => r#"{ Service = "lambda.amazonaws.com" }"#.to_owned(),
                None => format!(r#"{{ AWS = "{ACCOUNT}", Service = "lambda.amazonaws.com" }}"#),
                Some(role) => format!(r#"{{ AWS = "arn:aws:iam::{ACCOUNT}:role/r{role}" }}"#),
            };
            let _ = writeln!(
                out,
                r#"resource "aws_iam_role" "r{n}" {{
  name               = "r{n}"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {principal} }}] }})
}}"#
            );
        }
        for (n, (role, one)) in self.identity.iter().enumerate() {
            let condition = match one.mfa {
                Mfa::Asked => r#", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }"#,
                Mfa::NotAsked => "",
            };
            let Statement { effect, action, resource, .. } = one;
            let _ = writeln!(
                out,
                r#"resource "aws_iam_role_policy" "p{n}" {{
  name   = "p{n}"
  role   = aws_iam_role.r{role}.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "{effect}", Action = "{action}", Resource = "{resource}"{condition} }}] }})
}}"#
            );
        }
        for n in 0..FUNCTIONS {
            let _ = writeln!(
                out,
                r#"resource "aws_lambda_function" "f{n}" {{
  function_name = "f{n}"
  role          = aws_iam_role.r{n}.arn
  runtime       = "python3.13"
  handler       = "main.handler"
}}"#
            );
        }
        for n in 0..STORES {
            let _ = writeln!(
                out,
                r#"resource "aws_secretsmanager_secret" "s{n}" {{
  name = "s{n}"
}}
resource "aws_dynamodb_table" "t{n}" {{
  name = "t{n}"
}}
resource "aws_sqs_queue" "q{n}" {{
  name = "q{n}"
}}"#
            );
        }
        for (n, (function, role)) in self.permissions.iter().enumerate() {
            let _ = writeln!(
                out,
                r#"resource "aws_lambda_permission" "l{n}" {{
  function_name = aws_lambda_function.f{function}.function_name
  action        = "lambda:InvokeFunction"
  principal     = aws_iam_role.r{role}.arn
}}"#
            );
        }
        for (n, (secret, role, effect)) in self.secrets.iter().enumerate() {
            let _ = writeln!(
                out,
                r#"resource "aws_secretsmanager_secret_policy" "sp{n}" {{
  secret_arn = aws_secretsmanager_secret.s{secret}.arn
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "{effect}", Principal = {{ AWS = aws_iam_role.r{role}.arn }}, Action = "secretsmanager:GetSecretValue", Resource = "*" }}] }})
}}"#
            );
        }
        for (n, (queue, function)) in self.mappings.iter().enumerate() {
            let _ = writeln!(
                out,
                r#"resource "aws_lambda_event_source_mapping" "m{n}" {{
  event_source_arn = aws_sqs_queue.q{queue}.arn
  function_name    = aws_lambda_function.f{function}.arn
}}"#
            );
        }
        let _ = writeln!(
            out,
            r#"resource "aws_lambdaweb_function" "w0" {{
  function_name = "w0"
}}
resource "aws_lambdaweb_function_revision" "w0" {{
  function_name = aws_lambdaweb_function.w0.function_name
  service_config {{
    execution_role_arn = aws_iam_role.r{last}.arn
  }}
}}
resource "aws_lambdaweb_function_endpoint" "w0" {{
  function_name = aws_lambdaweb_function.w0.function_name
  endpoint_name = "live"
  auth_type     = "{web}"
}}"#,
            last = ROLES - 1,
            web = self.web,
        );
        for (n, role) in self.callers.iter().enumerate() {
            let _ = writeln!(
                out,
                r#"resource "aws_lambdaweb_resource_policy" "wp{n}" {{
  resource_arn = aws_lambdaweb_function.w0.arn
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Principal = {{ AWS = aws_iam_role.r{role}.arn }}, Action = "lambda:InvokeWebFunctionEndpoint", Resource = aws_lambdaweb_function_endpoint.w0.arn }}] }})
}}"#
            );
        }
        if self.url {
            out.push_str(
                "resource \"aws_lambda_function_url\" \"u\" {\n  function_name = aws_lambda_function.f0.function_name\n  authorization_type = \"NONE\"\n}\n",
            );
        }
        out
    }

    fn world(&self) -> World {
        let text = self.terraform();
        let loaded = load::embedded(&[("main.tf", text.as_str())], &Options::default());
        build(loaded.pieces, &[]).0
    }
}

/// What is reached: by what and in which grade, the fewest boundaries and the best state with so many
type Reached = BTreeMap<(String, Grade), (u32, State)>;

/// More boundaries than any way without a circle has
const MOST: u32 = 6;

/// Brute force over a world
struct Oracle<'w> {
    view: View<'w>,
}

impl Oracle<'_> {
    /// Whether a caller may do this: by the evaluator, asked directly
    fn may(&self, from: &Entity, action: &str, on: &Entity) -> Option<State> {
        self.may_on(from, action, on, on.arn.clone()?)
    }

    /// The same, where the request names something else than the thing
    fn may_on(&self, from: &Entity, action: &str, on: &Entity, resource: Text) -> Option<State> {
        let action = Action::parse(action)?;
        let via = ("lambda:InvokedViaFunctionUrl", KeyValue::One(Text::from("false")));
        let question = Question {
            caller: caller(from)?,
            identity: (from.kind != Kind::Anonymous).then_some(from.id),
            action: &action,
            resource,
            on: Some(on.id),
            context: if on.kind == Kind::Function { vec![via] } else { Vec::new() },
        };
        judge::ask(&self.view, &question).map(|judged| judged.state())
    }

    fn any(&self, from: &Entity, actions: impl Iterator<Item = &'static str>, on: &Entity) -> Option<State> {
        actions.filter_map(|action| self.may(from, action, on)).min()
    }

    /// Functions that a queue sets off, and in which state
    fn polled_by(&self, queue: &Entity) -> Vec<(EntityId, State)> {
        let world = self.view.world;
        let mappings = world.wirings().filter_map(|wired| {
            let Link::Trigger { source, function, .. } = wired.link else { return None };
            (source == queue.id).then_some(function)
        });
        let reads = |function: EntityId| {
            let role = self.role_of(function)?;
            let needed = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
            let states: Option<Vec<State>> =
                needed.iter().map(|action| self.may(world.entity(role), action, queue)).collect();
            Some((function, states?.into_iter().max()?))
        };
        mappings.filter_map(reads).collect()
    }

    fn role_of(&self, function: EntityId) -> Option<EntityId> {
        self.view.world.wirings().find_map(|wired| {
            let Link::RunsAs { function: of, role } = wired.link else { return None };
            (of == function).then_some(role)
        })
    }

    /// Whether Lambda may take a role: these worlds name it or do not
    fn runs(&self, role: &Entity) -> bool {
        self.view.documents(&role.trust).any(|policy| {
            policy.statements.iter().any(|statement| format!("{:?}", statement.principal).contains("lambda."))
        })
    }

    /// Whether a caller may send requests to the web function's endpoint
    fn requested(&self, from: &Entity, web: &Entity) -> Option<State> {
        let of_type = self.view.world.wirings().find_map(|wired| {
            let Link::WebEndpoint { authorization, .. } = &wired.link else { return None };
            authorization.as_literal()
        })?;
        match (from.kind, of_type) {
            (Kind::Anonymous, "ApplicationManaged") => Some(State::Yes),
            (Kind::Role, "IamAuth") => {
                let endpoint = web.arn.clone()?.with("/endpoint/live");
                self.may_on(from, "lambda:InvokeWebFunctionEndpoint", web, endpoint)
            }
            (_, _) => None,
        }
    }

    /// The steps from a place: where to, in which grade and state, and where one then stands
    fn steps(&self, at: &Entity) -> Vec<(EntityId, Grade, State, Option<EntityId>)> {
        let world = self.view.world;
        let mut out = Vec::new();
        if at.kind.is_function() {
            let role = self.role_of(at.id).map(|role| world.entity(role));
            for role in role.into_iter().filter(|role| self.runs(role)) {
                out.push((role.id, Grade::Control, State::Yes, Some(role.id)));
            }
            return out;
        }
        for to in world.entities().iter().filter(|to| to.id != at.id) {
            let is_signed = at.kind == Kind::Role;
            if to.kind == Kind::WebFunction {
                out.extend(self.requested(at, to).map(|state| (to.id, Grade::Influence, state, Some(to.id))));
            } else if to.kind == Kind::Function && !is_signed {
                let is_its = |w: &Wired| matches!(w.link, Link::Url { function, .. } if function == to.id);
                if at.kind == Kind::Anonymous && world.wirings().any(is_its) {
                    out.push((to.id, Grade::Influence, State::Yes, Some(to.id)));
                }
            } else if to.kind == Kind::Function {
                let state = self.may(at, "lambda:InvokeFunction", to);
                out.extend(state.map(|state| (to.id, Grade::Influence, state, Some(to.id))));
            } else if to.kind == Kind::Role {
                let state = self.may(at, "sts:AssumeRole", to).filter(|_| is_signed);
                out.extend(state.map(|state| (to.id, Grade::Control, state, Some(to.id))));
            } else if let Some(row) = row(to.kind) {
                let of = |accesses: &'static [Access]| accesses.iter().map(|access| access.action);
                let (read, write) = (self.any(at, of(row.read), to), self.any(at, of(row.write), to));
                out.extend(read.map(|state| (to.id, Grade::Read, state, None)));
                out.extend(write.map(|state| (to.id, Grade::Write, state, None)));
                let sent = self.may(at, "sqs:SendMessage", to).filter(|_| to.kind == Kind::Queue);
                for (sent, (function, state)) in
                    sent.into_iter().flat_map(|sent| self.polled_by(to).into_iter().map(move |to| (sent, to)))
                {
                    out.push((function, Grade::Influence, state.max(sent), Some(function)));
                }
            }
        }
        out
    }

    /// The plain closure
    fn reached(&self, start: EntityId) -> Reached {
        let world = self.view.world;
        let steps: BTreeMap<EntityId, _> = world.entities().iter().map(|e| (e.id, self.steps(e))).collect();
        let mut best: BTreeMap<(EntityId, u32), State> = BTreeMap::from([((start, 0), State::Yes)]);
        let mut reached = Reached::new();
        loop {
            let before = best.clone();
            for ((at, boundaries), state) in &before {
                for (to, grade, step, stand) in steps.get(at).into_iter().flatten() {
                    let boundaries = boundaries + u32::from(*grade == Grade::Influence);
                    let state = *state.max(step);
                    if boundaries > MOST || (*to == start && *grade == Grade::Control) {
                        continue;
                    }
                    let found = (boundaries, state);
                    let name = world.entity(*to).display.clone();
                    let known = reached.entry((name, *grade)).or_insert(found);
                    *known = found.min(*known);
                    if let Some(stand) = stand {
                        let known = best.entry((*stand, boundaries)).or_insert(state);
                        *known = state.min(*known);
                    }
                }
            }
            if best == before {
                return reached;
            }
        }
    }
}

/// What the graph says
fn by_graph(world: &World, start: EntityId) -> Reached {
    let graph = Graph::build(&View::new(world));
    let of_interest = [Kind::Function, Kind::WebFunction, Kind::Role, Kind::Secret, Kind::Table, Kind::Queue];
    search::reach(world, &graph, &[start])
        .into_iter()
        .filter(|reached| of_interest.contains(&world.entity(reached.target).kind))
        .map(|reached| {
            let boundaries = match reached.tier {
                Tier::Holds => 0,
                Tier::ThroughCode(n) => n,
            };
            let name = world.entity(reached.target).display.clone();
            ((name, reached.grade), (boundaries, reached.state))
        })
        .collect()
}

fn starts(world: &World) -> Vec<EntityId> {
    let calls = |entity: &&Entity| entity.kind == Kind::Role || entity.kind == Kind::Anonymous;
    world.entities().iter().filter(calls).map(|entity| entity.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_graph_reaches_what_brute_force_reaches(small in small()) {
        let world = small.world();
        let oracle = Oracle { view: View::new(&world) };
        for start in starts(&world) {
            let (told, wanted) = (by_graph(&world, start), oracle.reached(start));
            prop_assert_eq!(told, wanted, "from {}\n{}", world.entity(start).display, small.terraform());
        }
    }

    #[test]
    fn more_allows_take_nothing_away_and_more_denies_add_nothing(
        small in small(),
        more in statement(),
        whose in 0..ROLES,
        at in any::<Index>(),
    ) {
        let mut larger = small.clone();
        larger.identity.insert(at.index(small.identity.len() + 1), (whose, more.clone()));
        let (less, more) = if more.effect == "Allow" { (small, larger) } else { (larger, small) };
        let (less, more) = (less.world(), more.world());
        for (start, again) in starts(&less).into_iter().zip(starts(&more)) {
            prop_assert_eq!(&less.entity(start).display, &more.entity(again).display);
            let (less, more) = (by_graph(&less, start), by_graph(&more, again));
            for (what, (boundaries, state)) in &less {
                let found = more.get(what);
                prop_assert!(
                    found.is_some_and(|(b, s)| (b, s) <= (boundaries, state)),
                    "{:?}: {:?} became {:?}", what, (boundaries, state), found
                );
            }
        }
    }
}
