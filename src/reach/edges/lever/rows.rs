//! The rows of levers: which rights they are, what they change, and what must come to pass.
//!
//! A right over one thing is a row of `OVER_ONE`, one over principals and policies of `OVER_ACCOUNT`, a service that runs
//! things as a role of `RUNNERS`. Must not know: who has a lever.

use crate::world::kind::Kind;

/// Rights over one thing, which give that thing
pub(super) struct OverOne {
    pub(super) edge: &'static str,
    pub(super) on: Kind,
    /// What of it the request names
    pub(super) named: Named,
    /// Any of them is enough
    pub(super) actions: &'static [&'static str],
    /// What must come to pass
    pub(super) then: &'static str,
}

/// What of a thing a request names
pub(super) enum Named {
    /// The thing
    Itself,
    /// An endpoint of a web function
    Endpoint,
}

/// Edge id, what is changed, the actions, what must come to pass
pub(super) static OVER_ONE: &[OverOne] = &[
    OverOne {
        edge: "function.code",
        on: Kind::Function,
        named: Named::Itself,
        actions: &["lambda:UpdateFunctionCode"],
        then: "somebody must run the function after its code is changed",
    },
    OverOne {
        edge: "function.config",
        on: Kind::Function,
        named: Named::Itself,
        actions: &["lambda:UpdateFunctionConfiguration"],
        then: "somebody must run the function after a layer, a wrapper or its environment is changed",
    },
    OverOne {
        edge: "function.permission",
        on: Kind::Function,
        named: Named::Itself,
        actions: &["lambda:AddPermission", "lambda:PutResourcePolicy"],
        then: "the function's policy must be changed to let the caller change its code",
    },
    OverOne {
        edge: "function.alias",
        on: Kind::Function,
        named: Named::Itself,
        actions: &["lambda:UpdateAlias"],
        then: "a version with the caller's code must be there for the alias",
    },
    OverOne {
        edge: "function.code",
        on: Kind::WebFunction,
        named: Named::Itself,
        actions: &["lambda:CreateWebFunctionRevision"],
        then: "a role must be passed to the new revision, and an endpoint must serve it",
    },
    OverOne {
        edge: "function.permission",
        on: Kind::WebFunction,
        named: Named::Itself,
        actions: &["lambda:PutResourcePolicy"],
        then: "the web function's policy must be changed to let the caller make a revision",
    },
    OverOne {
        edge: "function.alias",
        on: Kind::WebFunction,
        named: Named::Itself,
        actions: &["lambda:CreateWebFunctionEndpoint"],
        then: "a revision with the caller's code must be there for the new endpoint",
    },
    OverOne {
        edge: "function.alias",
        on: Kind::WebFunction,
        named: Named::Endpoint,
        actions: &["lambda:UpdateWebFunctionEndpoint"],
        then: "a revision with the caller's code must be there for the endpoint",
    },
    OverOne {
        edge: "policy.edit",
        on: Kind::Role,
        named: Named::Itself,
        actions: &["iam:UpdateAssumeRolePolicy"],
        then: "the role's trust policy must be changed to name the caller",
    },
    OverOne {
        edge: "credentials.access-key",
        on: Kind::User,
        named: Named::Itself,
        actions: &["iam:CreateAccessKey"],
        then: "an access key must be made for the user, who may have two at most",
    },
    OverOne {
        edge: "credentials.login-profile",
        on: Kind::User,
        named: Named::Itself,
        actions: &["iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
        then: "a password must be set for the user",
    },
    OverOne {
        edge: "credentials.service-specific",
        on: Kind::User,
        named: Named::Itself,
        actions: &["iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential"],
        then: "a service that has passwords of its own (CodeCommit, Keyspaces, Bedrock) must take the user's",
    },
    OverOne {
        edge: "credentials.mfa-device",
        on: Kind::User,
        named: Named::Itself,
        actions: &["iam:EnableMFADevice"],
        then: "the caller must have a password or key of the user, which a condition on MFA holds back",
    },
    OverOne {
        edge: "credentials.provider",
        on: Kind::Provider,
        named: Named::Itself,
        actions: &[
            "iam:UpdateSAMLProvider",
            "iam:UpdateOpenIDConnectProviderThumbprint",
            "iam:AddClientIDToOpenIDConnectProvider",
        ],
        then: "the provider must be changed to admit tokens of the caller's own making",
    },
];

/// What aliases and versions have no part in \[configuration-versions\]
pub(super) const UNQUALIFIED: &[&str] = &["function.code", "function.config"];

/// Rights over principals and policies, which may give everything in the account
pub(super) struct OverAccount {
    pub(super) edge: &'static str,
    /// What the request names in the last part of its ARN, before the name
    pub(super) on: &'static str,
    pub(super) actions: &'static [&'static str],
    pub(super) then: &'static str,
}

/// Edge id, what the request names, the actions, what must come to pass
pub(super) static OVER_ACCOUNT: &[OverAccount] = &[
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
        edge: "policy.edit",
        on: "role/",
        actions: &["iam:DeleteRolePolicy", "iam:DetachRolePolicy"],
        then: "a Deny of a role that the caller is or becomes must be what holds it back",
    },
    OverAccount {
        edge: "policy.edit",
        on: "user/",
        actions: &["iam:DeleteUserPolicy", "iam:DetachUserPolicy"],
        then: "a Deny of a user that the caller is or becomes must be what holds it back",
    },
    OverAccount {
        edge: "policy.edit",
        on: "group/",
        actions: &["iam:DeleteGroupPolicy", "iam:DetachGroupPolicy", "iam:RemoveUserFromGroup"],
        then: "a Deny of a group that the caller is in must be what holds it back",
    },
    OverAccount {
        edge: "credentials.provider",
        on: "saml-provider/",
        actions: &["iam:CreateSAMLProvider"],
        then: "a role must trust the new provider",
    },
    OverAccount {
        edge: "credentials.provider",
        on: "oidc-provider/",
        actions: &["iam:CreateOpenIDConnectProvider"],
        then: "a role must trust the new provider",
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
    OverAccount {
        edge: "tags.edit",
        on: "instance/",
        actions: &["ec2:CreateTags", "ec2:DeleteTags"],
        then: "a condition on the tags of a machine must be what holds the caller back",
    },
];

/// A service that runs things as a role
pub(super) struct Runner {
    /// With `iam:PassRole`: something new runs as the role
    pub(super) pass: &'static str,
    /// Without it: something that is there runs as the role; `None` where a role is passed each time
    pub(super) existing: Option<&'static str>,
    /// Whom the role trusts
    pub(super) principal: &'static str,
    /// Any of them makes something new
    pub(super) create: &'static [&'static str],
    /// Any of them takes over what is there
    pub(super) take_over: &'static [&'static str],
}

/// The catalogue of pathfinding.cloud and the service authorization reference, one service a row, in the order of ids
pub(super) static RUNNERS: &[Runner] = &[
    Runner {
        pass: "pass-role.apprunner",
        existing: Some("existing.apprunner"),
        principal: "tasks.apprunner.amazonaws.com",
        create: &["apprunner:CreateService"],
        take_over: &["apprunner:UpdateService"],
    },
    Runner {
        pass: "pass-role.bedrock-agentcore",
        existing: Some("existing.bedrock-agentcore"),
        principal: "bedrock-agentcore.amazonaws.com",
        create: &["bedrock-agentcore:CreateCodeInterpreter"],
        take_over: &[
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
    },
    Runner {
        pass: "pass-role.cloudformation",
        existing: Some("existing.cloudformation"),
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
        existing: Some("existing.codebuild"),
        principal: "codebuild.amazonaws.com",
        create: &["codebuild:CreateProject"],
        take_over: &["codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:UpdateProject"],
    },
    // A job runs as the role of its definition, in a container \[job_IAM_role\].
    Runner {
        pass: "pass-role.batch",
        existing: Some("existing.batch"),
        principal: "ecs-tasks.amazonaws.com",
        create: &["batch:RegisterJobDefinition"],
        take_over: &["batch:SubmitJob"],
    },
    // The roles of an identity pool trust its tokens, and who may change the pool lets in whom he likes.
    Runner {
        pass: "pass-role.cognito-identity",
        existing: Some("existing.cognito-identity"),
        principal: "cognito-identity.amazonaws.com",
        create: &["cognito-identity:SetIdentityPoolRoles"],
        take_over: &["cognito-identity:UpdateIdentityPool"],
    },
    Runner {
        pass: "pass-role.datapipeline",
        existing: Some("existing.datapipeline"),
        principal: "datapipeline.amazonaws.com",
        create: &["datapipeline:CreatePipeline"],
        take_over: &["datapipeline:PutPipelineDefinition"],
    },
    Runner {
        pass: "pass-role.ec2",
        existing: Some("existing.ec2"),
        principal: "ec2.amazonaws.com",
        create: &["ec2:RunInstances", "ec2:RequestSpotInstances", "ec2:AssociateIamInstanceProfile"],
        take_over: &[
            "ec2:ModifyInstanceAttribute",
            "ec2:CreateLaunchTemplateVersion",
            "ec2-instance-connect:SendSSHPublicKey",
            "ssm:StartSession",
            "ssm:ResumeSession",
            "ssm:SendCommand",
        ],
    },
    Runner {
        pass: "pass-role.ecs",
        existing: Some("existing.ecs"),
        principal: "ecs-tasks.amazonaws.com",
        create: &["ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StartTask"],
        take_over: &["ecs:ExecuteCommand", "ecs:UpdateService"],
    },
    // A pod runs as the role of its service account \[pod-id-association\]; who may come into the cluster picks the pod.
    Runner {
        pass: "pass-role.eks",
        existing: Some("existing.eks"),
        principal: "pods.eks.amazonaws.com",
        create: &["eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"],
        take_over: &["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"],
    },
    // A step runs as the role of the cluster's machines \[emr-iam-role-for-ec2\].
    Runner {
        pass: "pass-role.elasticmapreduce",
        existing: Some("existing.elasticmapreduce"),
        principal: "ec2.amazonaws.com",
        create: &["elasticmapreduce:RunJobFlow"],
        take_over: &["elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:GetClusterSessionCredentials"],
    },
    Runner {
        pass: "pass-role.emr-serverless",
        existing: None,
        principal: "emr-serverless.amazonaws.com",
        create: &["emr-serverless:StartJobRun"],
        take_over: &[],
    },
    Runner {
        pass: "pass-role.events",
        existing: Some("existing.events"),
        principal: "events.amazonaws.com",
        create: &["events:PutTargets", "events:CreateSubscriber", "events:UpdateSubscriber"],
        take_over: &["events:PutRule"],
    },
    Runner {
        pass: "pass-role.glue",
        existing: Some("existing.glue"),
        principal: "glue.amazonaws.com",
        create: &["glue:CreateDevEndpoint", "glue:CreateJob", "glue:CreateSession", "glue:UpdateJob"],
        take_over: &["glue:UpdateDevEndpoint", "glue:RunStatement"],
    },
    Runner {
        pass: "pass-role.iot",
        existing: Some("existing.iot"),
        principal: "iot.amazonaws.com",
        create: &["iot:CreateTopicRule"],
        take_over: &["iot:ReplaceTopicRule"],
    },
    Runner {
        pass: "pass-role.lambda",
        existing: Some("existing.lambda"),
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
        existing: Some("existing.pipes"),
        principal: "pipes.amazonaws.com",
        create: &["pipes:CreatePipe"],
        take_over: &["pipes:UpdatePipe"],
    },
    // A job may invoke any function that the role may \[batch-ops-invoke-lambda\].
    Runner {
        pass: "pass-role.s3-batch",
        existing: Some("existing.s3-batch"),
        principal: "batchoperations.s3.amazonaws.com",
        create: &["s3:CreateJob"],
        take_over: &["s3:UpdateJobStatus"],
    },
    Runner {
        pass: "pass-role.sagemaker",
        existing: Some("existing.sagemaker"),
        principal: "sagemaker.amazonaws.com",
        create: &[
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateModel",
            "sagemaker:CreateDomain",
            "sagemaker:CreateUserProfile",
            "sagemaker:CreateAutoMLJob",
        ],
        take_over: &[
            "sagemaker:CreatePresignedDomainUrl",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
        ],
    },
    Runner {
        pass: "pass-role.scheduler",
        existing: Some("existing.scheduler"),
        principal: "scheduler.amazonaws.com",
        create: &["scheduler:CreateSchedule"],
        take_over: &["scheduler:UpdateSchedule"],
    },
    Runner {
        pass: "pass-role.ssm",
        existing: Some("existing.ssm"),
        principal: "ssm.amazonaws.com",
        create: &["ssm:StartAutomationExecution"],
        take_over: &["ssm:UpdateDocument"],
    },
    Runner {
        pass: "pass-role.states",
        existing: Some("existing.states"),
        principal: "states.amazonaws.com",
        create: &["states:CreateStateMachine"],
        take_over: &["states:UpdateStateMachine"],
    },
];

pub(super) const PASS_ROLE: &str = "iam:PassRole";

/// The ids of the rows
pub(super) static IDS: &[&str] = &[
    "function.code",
    "function.config",
    "function.permission",
    "function.alias",
    "policy.edit",
    "credentials.access-key",
    "credentials.login-profile",
    "credentials.service-specific",
    "credentials.mfa-device",
    "credentials.provider",
    "boundary.edit",
    "tags.edit",
    "pass-role.apprunner",
    "pass-role.bedrock-agentcore",
    "pass-role.cloudformation",
    "pass-role.codebuild",
    "pass-role.batch",
    "pass-role.cognito-identity",
    "pass-role.datapipeline",
    "pass-role.ec2",
    "pass-role.ecs",
    "pass-role.eks",
    "pass-role.elasticmapreduce",
    "pass-role.emr-serverless",
    "pass-role.events",
    "pass-role.glue",
    "pass-role.iot",
    "pass-role.lambda",
    "pass-role.pipes",
    "pass-role.s3-batch",
    "pass-role.sagemaker",
    "pass-role.scheduler",
    "pass-role.ssm",
    "pass-role.states",
    "existing.apprunner",
    "existing.bedrock-agentcore",
    "existing.cloudformation",
    "existing.codebuild",
    "existing.batch",
    "existing.cognito-identity",
    "existing.datapipeline",
    "existing.ec2",
    "existing.ecs",
    "existing.eks",
    "existing.elasticmapreduce",
    "existing.events",
    "existing.glue",
    "existing.iot",
    "existing.lambda",
    "existing.pipes",
    "existing.s3-batch",
    "existing.sagemaker",
    "existing.scheduler",
    "existing.ssm",
    "existing.states",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::action::Action;

    #[test]
    fn the_ids_are_those_of_the_rows() {
        let one = OVER_ONE.iter().map(|row| row.edge);
        let account = OVER_ACCOUNT.iter().map(|row| row.edge);
        let runners = RUNNERS.iter().flat_map(|row| std::iter::once(row.pass).chain(row.existing));
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
