//! Levers: rights with which a caller changes what others may do, or what runs as them.
//!
//! A lever is a row in one of three tables. That the caller has the rights is decided; what comes of them (whether
//! somebody runs the changed code, which permissions are added, on which machine the role is) is not modelled yet, so
//! every edge here is conditional and names that as its cause. A create action is asked for on *some* name that the
//! caller's policies allow, never on `*`. Must not know: paths.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::{Caller, Home};
use crate::policy::{Clause, Effect, PrincipalKind, Principals};
use crate::reach::alike::Alike;
use crate::reach::edges::{action, signs};
use crate::reach::judge::Judgement;
use crate::reach::openings::{Admission, Opening, admission, may_allow};
use crate::reach::{Edge, EdgeKind, Grade};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::data::instance;
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId};

/// The edge kind
#[derive(Debug)]
pub struct Lever;

/// Rights over one thing, which give that thing
struct OverOne {
    edge: &'static str,
    on: Kind,
    /// Any of them is enough
    actions: &'static [&'static str],
    /// What must come to pass
    then: &'static str,
}

/// Edge id, what is changed, the actions, what must come to pass
static OVER_ONE: &[OverOne] = &[
    OverOne {
        edge: "function.code",
        on: Kind::Function,
        actions: &["lambda:UpdateFunctionCode"],
        then: "somebody must run the function after its code is changed",
    },
    OverOne {
        edge: "function.config",
        on: Kind::Function,
        actions: &["lambda:UpdateFunctionConfiguration"],
        then: "somebody must run the function after a layer, a wrapper or its environment is changed",
    },
    OverOne {
        edge: "function.permission",
        on: Kind::Function,
        actions: &["lambda:AddPermission", "lambda:PutResourcePolicy"],
        then: "the function's policy must be changed to let the caller change its code",
    },
    OverOne {
        edge: "function.alias",
        on: Kind::Function,
        actions: &["lambda:UpdateAlias"],
        then: "a version with the caller's code must be there for the alias",
    },
    OverOne {
        edge: "policy.edit",
        on: Kind::Role,
        actions: &["iam:UpdateAssumeRolePolicy"],
        then: "the role's trust policy must be changed to name the caller",
    },
    OverOne {
        edge: "credentials.access-key",
        on: Kind::User,
        actions: &["iam:CreateAccessKey"],
        then: "an access key must be made for the user, who may have two at most",
    },
    OverOne {
        edge: "credentials.login-profile",
        on: Kind::User,
        actions: &["iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
        then: "a password must be set for the user",
    },
    OverOne {
        edge: "credentials.provider",
        on: Kind::Provider,
        actions: &[
            "iam:UpdateSAMLProvider",
            "iam:UpdateOpenIDConnectProviderThumbprint",
            "iam:AddClientIDToOpenIDConnectProvider",
        ],
        then: "the provider must be changed to admit tokens of the caller's own making",
    },
];

/// What aliases and versions have no part in \[configuration-versions\]
const UNQUALIFIED: &[&str] = &["function.code", "function.config"];

/// Rights over principals and policies, which may give everything in the account
struct OverAccount {
    edge: &'static str,
    /// What the request names in the last part of its ARN, before the name
    on: &'static str,
    actions: &'static [&'static str],
    then: &'static str,
}

/// Edge id, what the request names, the actions, what must come to pass
static OVER_ACCOUNT: &[OverAccount] = &[
    OverAccount {
        edge: "policy.edit",
        on: "role/",
        actions: &["iam:PutRolePolicy", "iam:AttachRolePolicy"],
        then: "a role that the caller is or becomes must be given more",
    },
    OverAccount {
        edge: "policy.edit",
        on: "user/",
        actions: &["iam:PutUserPolicy", "iam:AttachUserPolicy"],
        then: "a user that the caller is or becomes must be given more",
    },
    OverAccount {
        edge: "policy.edit",
        on: "group/",
        actions: &["iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup"],
        then: "a group that the caller is in, or joins, must have or be given more",
    },
    OverAccount {
        edge: "policy.edit",
        on: "policy/",
        actions: &["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"],
        then: "a policy that is attached to what the caller is or becomes must be widened",
    },
    OverAccount {
        edge: "boundary.edit",
        on: "role/",
        actions: &["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
        then: "the boundary of a role that the caller is or becomes must be what holds it back",
    },
    OverAccount {
        edge: "boundary.edit",
        on: "user/",
        actions: &["iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"],
        then: "the boundary of a user that the caller is or becomes must be what holds it back",
    },
    OverAccount {
        edge: "tags.edit",
        on: "role/",
        actions: &["iam:TagRole"],
        then: "a condition on the tags of a role that the caller is or becomes must be what holds it back",
    },
    OverAccount {
        edge: "tags.edit",
        on: "user/",
        actions: &["iam:TagUser"],
        then: "a condition on the tags of a user that the caller is or becomes must be what holds it back",
    },
];

/// A service that runs things as a role
struct Runner {
    /// With `iam:PassRole`: something new runs as the role
    pass: &'static str,
    /// Without it: something that is there runs as the role
    existing: &'static str,
    /// Whom the role trusts
    principal: &'static str,
    /// Any of them makes something new
    create: &'static [&'static str],
    /// Any of them takes over what is there
    take_over: &'static [&'static str],
}

/// The catalogue of pathfinding.cloud and the service authorization reference, one service a row, in the order of ids
static RUNNERS: &[Runner] = &[
    Runner {
        pass: "pass-role.apprunner",
        existing: "existing.apprunner",
        principal: "tasks.apprunner.amazonaws.com",
        create: &["apprunner:CreateService"],
        take_over: &["apprunner:UpdateService"],
    },
    Runner {
        pass: "pass-role.bedrock-agentcore",
        existing: "existing.bedrock-agentcore",
        principal: "bedrock-agentcore.amazonaws.com",
        create: &["bedrock-agentcore:CreateCodeInterpreter"],
        take_over: &[
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
    },
    Runner {
        pass: "pass-role.cloudformation",
        existing: "existing.cloudformation",
        principal: "cloudformation.amazonaws.com",
        create: &[
            "cloudformation:CreateStack",
            "cloudformation:CreateStackSet",
            "cloudformation:UpdateStackSet",
        ],
        take_over: &["cloudformation:UpdateStack", "cloudformation:CreateChangeSet"],
    },
    Runner {
        pass: "pass-role.codebuild",
        existing: "existing.codebuild",
        principal: "codebuild.amazonaws.com",
        create: &["codebuild:CreateProject"],
        take_over: &["codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:UpdateProject"],
    },
    Runner {
        pass: "pass-role.datapipeline",
        existing: "existing.datapipeline",
        principal: "datapipeline.amazonaws.com",
        create: &["datapipeline:CreatePipeline"],
        take_over: &["datapipeline:PutPipelineDefinition"],
    },
    Runner {
        pass: "pass-role.ec2",
        existing: "existing.ec2",
        principal: "ec2.amazonaws.com",
        create: &["ec2:RunInstances", "ec2:RequestSpotInstances", "ec2:AssociateIamInstanceProfile"],
        take_over: &[
            "ec2:ModifyInstanceAttribute",
            "ec2:CreateLaunchTemplateVersion",
            "ec2-instance-connect:SendSSHPublicKey",
            "ssm:StartSession",
            "ssm:SendCommand",
        ],
    },
    Runner {
        pass: "pass-role.ecs",
        existing: "existing.ecs",
        principal: "ecs-tasks.amazonaws.com",
        create: &["ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StartTask"],
        take_over: &["ecs:ExecuteCommand", "ecs:UpdateService"],
    },
    Runner {
        pass: "pass-role.events",
        existing: "existing.events",
        principal: "events.amazonaws.com",
        create: &["events:PutTargets"],
        take_over: &["events:PutRule"],
    },
    Runner {
        pass: "pass-role.glue",
        existing: "existing.glue",
        principal: "glue.amazonaws.com",
        create: &["glue:CreateDevEndpoint", "glue:CreateJob", "glue:CreateSession", "glue:UpdateJob"],
        take_over: &["glue:UpdateDevEndpoint", "glue:RunStatement"],
    },
    Runner {
        pass: "pass-role.iot",
        existing: "existing.iot",
        principal: "iot.amazonaws.com",
        create: &["iot:CreateTopicRule"],
        take_over: &["iot:ReplaceTopicRule"],
    },
    Runner {
        pass: "pass-role.lambda",
        existing: "existing.lambda",
        principal: "lambda.amazonaws.com",
        create: &[
            "lambda:CreateFunction",
            "lambda:UpdateFunctionConfiguration",
            "lambda:RunMicrovm",
            "lambda:CreateMicrovmImage",
            "lambda:CreateWebFunction",
            "lambda:CreateWebFunctionRevision",
        ],
        take_over: &["lambda:CreateMicrovmShellAuthToken"],
    },
    Runner {
        pass: "pass-role.pipes",
        existing: "existing.pipes",
        principal: "pipes.amazonaws.com",
        create: &["pipes:CreatePipe"],
        take_over: &["pipes:UpdatePipe"],
    },
    Runner {
        pass: "pass-role.sagemaker",
        existing: "existing.sagemaker",
        principal: "sagemaker.amazonaws.com",
        create: &[
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateProcessingJob",
        ],
        take_over: &[
            "sagemaker:CreatePresignedNotebookInstanceUrl",
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
        ],
    },
    Runner {
        pass: "pass-role.scheduler",
        existing: "existing.scheduler",
        principal: "scheduler.amazonaws.com",
        create: &["scheduler:CreateSchedule"],
        take_over: &["scheduler:UpdateSchedule"],
    },
    Runner {
        pass: "pass-role.ssm",
        existing: "existing.ssm",
        principal: "ssm.amazonaws.com",
        create: &["ssm:StartAutomationExecution"],
        take_over: &["ssm:UpdateDocument"],
    },
    Runner {
        pass: "pass-role.states",
        existing: "existing.states",
        principal: "states.amazonaws.com",
        create: &["states:CreateStateMachine"],
        take_over: &["states:UpdateStateMachine"],
    },
];

const PASS_ROLE: &str = "iam:PassRole";

/// The ids of the rows
static IDS: &[&str] = &[
    "function.code",
    "function.config",
    "function.permission",
    "function.alias",
    "policy.edit",
    "credentials.access-key",
    "credentials.login-profile",
    "credentials.provider",
    "boundary.edit",
    "tags.edit",
    "pass-role.apprunner",
    "pass-role.bedrock-agentcore",
    "pass-role.cloudformation",
    "pass-role.codebuild",
    "pass-role.datapipeline",
    "pass-role.ec2",
    "pass-role.ecs",
    "pass-role.events",
    "pass-role.glue",
    "pass-role.iot",
    "pass-role.lambda",
    "pass-role.pipes",
    "pass-role.sagemaker",
    "pass-role.scheduler",
    "pass-role.ssm",
    "pass-role.states",
    "existing.apprunner",
    "existing.bedrock-agentcore",
    "existing.cloudformation",
    "existing.codebuild",
    "existing.datapipeline",
    "existing.ec2",
    "existing.ecs",
    "existing.events",
    "existing.glue",
    "existing.iot",
    "existing.lambda",
    "existing.pipes",
    "existing.sagemaker",
    "existing.scheduler",
    "existing.ssm",
    "existing.states",
];

impl EdgeKind for Lever {
    fn ids(&self) -> &'static [&'static str] {
        IDS
    }

    fn about(&self) -> &'static str {
        "a caller may change what runs as a principal, or what a principal may do"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let Some(who) = caller(entity).filter(|_| signs(entity)) else { return };
        let asking = Asking { view, entity, who, alike: RefCell::new(Alike::of(view, Some(entity))) };
        for row in OVER_ONE {
            asking.over_one(row, out);
        }
        for row in OVER_ACCOUNT {
            asking.over_account(row, out);
        }
        asking.over_roles(out);
    }
}

/// One caller who is asked about
struct Asking<'a> {
    view: &'a View<'a>,
    entity: &'a Entity,
    who: Caller,
    alike: RefCell<Alike<'a>>,
}

impl Asking<'_> {
    fn ask(
        &self,
        action: &Action,
        resource: Text,
        on: Option<EntityId>,
        context: Context,
    ) -> Option<Judgement> {
        let question = Question {
            caller: self.who.clone(),
            identity: Some(self.entity.id),
            action,
            resource,
            on,
            context,
        };
        self.alike.borrow_mut().ask(&question)
    }

    /// The best of these actions on one thing, and which they are
    fn any_on(&self, actions: &[&'static str], resource: &Text, on: Option<EntityId>) -> Option<Lifted> {
        let mut best: Option<Lifted> = None;
        for name in actions {
            let Some(judged) = self.ask(&action(name), resource.clone(), on, Vec::new()) else { continue };
            match &mut best {
                Some(best) if best.judged.state() <= judged.state() => best.actions.push(name),
                Some(best) => {
                    best.judged = judged;
                    best.actions.push(name);
                }
                None => best = Some(Lifted { judged, actions: vec![name] }),
            }
        }
        best
    }

    /// The best of these actions on some name that the caller's policies allow
    fn any_on_some_name(&self, actions: &[&'static str], before_name: Option<&str>) -> Option<Lifted> {
        let opening = Opening::of(self.view, self.entity, actions);
        if opening.is_nothing() {
            return None;
        }
        let names = self.names(actions, before_name);
        let tried = names.iter().filter_map(|name| self.any_on(actions, name, None));
        tried.min_by_key(|lifted| lifted.judged.state())
    }

    /// Names of a service's things that the caller's policies point at, and one that nothing points at
    fn names(&self, actions: &[&str], before_name: Option<&str>) -> Vec<Text> {
        let service =
            actions.first().and_then(|action| action.split_once(':')).map_or("", |(service, _)| service);
        let own = self.entity.arn.as_ref().and_then(Arn::parse);
        let region = if service == "iam" {
            Text::new()
        } else {
            Text::from(Hole::new("the region of the call", HoleKind::Input, Shape::Name))
        };
        let invented = Arn {
            partition: own.map_or_else(|| Text::from("aws"), |own| own.partition),
            service: Text::from(service),
            region,
            account: self.entity.account.clone().unwrap_or_default(),
            resource: Text::from(before_name.unwrap_or_default()).with("x"),
        };
        let mut out = vec![invented.to_text()];
        for policy in self.view.documents(&self.entity.identity) {
            for statement in policy.statements.iter().filter(|statement| may_allow(statement, actions)) {
                let Clause::Is(entries) = &statement.resource else { continue };
                for arn in entries.iter().filter_map(|entry| Arn::parse(&entry.text)) {
                    let is_one = before_name.is_none_or(|before| arn.resource.strip_prefix(before).is_some());
                    let named = instance(&arn.to_text());
                    if is_one && out.len() < NAMES && !out.contains(&named) {
                        out.push(named);
                    }
                }
            }
        }
        out
    }

    fn over_one(&self, row: &OverOne, out: &mut Vec<Edge>) {
        let opening = Opening::of(self.view, self.entity, row.actions);
        // Code and configuration are those of the function; an alias pins what they were.
        let has_it = |target: &&Entity| target.alias_of.is_none() || !UNQUALIFIED.contains(&row.edge);
        let others = self.view.world.of_kind(row.on).filter(|target| target.id != self.entity.id);
        for target in others.filter(has_it) {
            // A function's policy may grant its levers as well \[access-control-resource-based\].
            let by_resource = || {
                target.kind == Kind::Function
                    && admission(self.view, &target.resource, &self.who) != Admission::Nothing
            };
            if !opening.may_cover(target.arn.as_ref()) && !by_resource() {
                continue;
            }
            let Some(arn) = &target.arn else { continue };
            if let Some(lifted) = self.any_on(row.actions, arn, Some(target.id)) {
                out.push(self.edge(row.edge, target, lifted, row.then));
            }
        }
    }

    fn over_account(&self, row: &OverAccount, out: &mut Vec<Edge>) {
        let own = |account: &&Entity| {
            account.home == Home::ByAccount
                && account.account == self.entity.account
                && account.id != self.entity.id
        };
        let Some(account) = self.view.world.of_kind(Kind::Account).find(own) else { return };
        if let Some(lifted) = self.any_on_some_name(row.actions, Some(row.on)) {
            out.push(self.edge(row.edge, account, lifted, row.then));
        }
    }

    fn over_roles(&self, out: &mut Vec<Edge>) {
        let pass = Opening::of(self.view, self.entity, &[PASS_ROLE]);
        let mut known: BTreeMap<&'static str, [Option<Lifted>; 2]> = BTreeMap::new();
        for role in self.view.world.of_kind(Kind::Role).filter(|role| role.id != self.entity.id) {
            for row in RUNNERS.iter().filter(|row| trusts(self.view, role, row.principal)) {
                let [create, take_over] = known.entry(row.pass).or_insert_with(|| {
                    [self.any_on_some_name(row.create, None), self.any_on_some_name(row.take_over, None)]
                });
                if let Some(create) = create
                    && pass.may_cover(role.arn.as_ref())
                    && let Some(passed) = self.pass(role, row.principal)
                {
                    let mut actions = vec![PASS_ROLE];
                    actions.extend(&create.actions);
                    let lifted = Lifted { judged: passed.and(create.judged.clone()), actions };
                    let then = format!("something new must be made for {} to run as the role", row.principal);
                    out.push(self.edge(row.pass, role, lifted, &then));
                }
                if let Some(take_over) = take_over {
                    let then = format!("something that {} runs as the role must be there", row.principal);
                    out.push(self.edge(row.existing, role, take_over.clone(), &then));
                }
            }
        }
    }

    fn pass(&self, role: &Entity, principal: &str) -> Option<Judgement> {
        let context = vec![("iam:PassedToService", KeyValue::One(Text::from(principal)))];
        self.ask(&action(PASS_ROLE), role.arn.clone()?, Some(role.id), context)
    }

    fn edge(&self, kind: &'static str, target: &Entity, lifted: Lifted, then: &str) -> Edge {
        let Lifted { mut judged, actions } = lifted;
        judged.doubt(&[Cause::new(CauseKind::NotModelled, then)]);
        judged.doubt(&self.entity.doubts);
        judged.doubt(&target.doubts);
        Edge { actions, ..judged.edge(kind, Grade::Control, self.entity.id, target.id) }
    }
}

/// Keys that the way of calling fixes
type Context = Vec<(&'static str, KeyValue)>;

/// Names that are tried for one lever
const NAMES: usize = 8;

/// What a caller may do, by these actions
#[derive(Clone)]
struct Lifted {
    judged: Judgement,
    actions: Vec<&'static str>,
}

/// Whether a role may trust a service
fn trusts(view: &View<'_>, role: &Entity, principal: &str) -> bool {
    role.trust.iter().any(|applied| match &applied.document {
        Err(_) => true,
        Ok(id) => {
            let allows =
                view.policy(*id).statements.iter().filter(|statement| statement.effect != Effect::Deny);
            allows.into_iter().any(|statement| match &statement.principal {
                Clause::Is(Principals::Listed(list)) => list.iter().any(|named| match &named.kind {
                    PrincipalKind::Service => fit(&named.text, &Text::from(principal), Way::Exact) != Fit::No,
                    PrincipalKind::Unknown(_) => true,
                    PrincipalKind::Aws | PrincipalKind::Federated | PrincipalKind::CanonicalUser => false,
                }),
                Clause::Is(Principals::Everyone(_)) | Clause::Not(_) | Clause::Absent => true,
            })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_are_those_of_the_rows() {
        let one = OVER_ONE.iter().map(|row| row.edge);
        let account = OVER_ACCOUNT.iter().map(|row| row.edge);
        let runners = RUNNERS.iter().flat_map(|row| [row.pass, row.existing]);
        let rows: Vec<_> = one.chain(account).chain(runners).collect();
        assert!(rows.iter().all(|id| IDS.contains(id)));
        assert!(IDS.iter().all(|id| rows.contains(id)));
    }

    #[test]
    fn every_action_of_the_rows_is_one() {
        let one = OVER_ONE.iter().flat_map(|row| row.actions);
        let account = OVER_ACCOUNT.iter().flat_map(|row| row.actions);
        let runners = RUNNERS.iter().flat_map(|row| row.create.iter().chain(row.take_over));
        for name in one.chain(account).chain(runners) {
            assert!(Action::parse(name).is_some(), "{name}");
        }
    }
}
