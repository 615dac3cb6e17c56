# Rights with which a caller changes what others may do, or what runs as them: for each one who has them, and others
# who miss just one of them.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  account = "arn:aws:iam::111122223333"
  # What runs as a role, and whom the role then trusts.
  runners = {
    apprunner         = "tasks.apprunner.amazonaws.com"
    bedrock-agentcore = "bedrock-agentcore.amazonaws.com"
    cloudformation    = "cloudformation.amazonaws.com"
    codebuild         = "codebuild.amazonaws.com"
    datapipeline      = "datapipeline.amazonaws.com"
    ec2               = "ec2.amazonaws.com"
    ecs               = "ecs-tasks.amazonaws.com"
    eks               = "pods.eks.amazonaws.com"
    emr-serverless    = "emr-serverless.amazonaws.com"
    events            = "events.amazonaws.com"
    glue              = "glue.amazonaws.com"
    iot               = "iot.amazonaws.com"
    lambda            = "lambda.amazonaws.com"
    pipes             = "pipes.amazonaws.com"
    s3-batch          = "batchoperations.s3.amazonaws.com"
    sagemaker         = "sagemaker.amazonaws.com"
    scheduler         = "scheduler.amazonaws.com"
    ssm               = "ssm.amazonaws.com"
    states            = "states.amazonaws.com"
  }
  create = [
    "apprunner:CreateService",
    "bedrock-agentcore:CreateCodeInterpreter",
    "cloudformation:CreateStack",
    "codebuild:CreateProject",
    "datapipeline:CreatePipeline",
    "ec2:RunInstances",
    "ecs:RegisterTaskDefinition",
    "eks:CreatePodIdentityAssociation",
    "emr-serverless:StartJobRun",
    "events:PutTargets",
    "glue:CreateDevEndpoint",
    "iot:CreateTopicRule",
    "lambda:CreateFunction",
    "pipes:CreatePipe",
    "s3:CreateJob",
    "sagemaker:CreateNotebookInstance",
    "scheduler:CreateSchedule",
    "ssm:StartAutomationExecution",
    "states:CreateStateMachine",
  ]
  take_over = [
    "apprunner:UpdateService",
    "bedrock-agentcore:StartCodeInterpreterSession",
    "cloudformation:UpdateStack",
    "codebuild:StartBuild",
    "datapipeline:PutPipelineDefinition",
    "ec2:ModifyInstanceAttribute",
    "ecs:ExecuteCommand",
    "eks:AssociateAccessPolicy",
    "events:PutRule",
    "glue:UpdateDevEndpoint",
    "iot:ReplaceTopicRule",
    "lambda:CreateMicrovmShellAuthToken",
    "pipes:UpdatePipe",
    "s3:UpdateJobStatus",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "scheduler:UpdateSchedule",
    "ssm:UpdateDocument",
    "states:UpdateStateMachine",
  ]
  people = {
    # May pass every role, and make something of every service.
    passes = [
      { actions = ["iam:PassRole"], resources = ["${local.account}:role/runs-*"] },
      { actions = local.create, resources = ["*"] },
    ]
    # May pass roles, but only to a service that none of them trusts.
    passes-elsewhere = [
      { actions = ["iam:PassRole"], resources = ["${local.account}:role/runs-*"], to = "vmie.amazonaws.com" },
      { actions = local.create, resources = ["*"] },
    ]
    # May make something of every service, but not pass a role to it.
    creates    = [{ actions = local.create, resources = ["*"] }]
    takes-over = [{ actions = local.take_over, resources = ["*"] }]
    # Two services run as a role that another is trusted for.
    jobs       = [{ actions = ["iam:PassRole"], resources = ["${local.account}:role/runs-ecs"] }, { actions = ["batch:RegisterJobDefinition"], resources = ["*"] }]
    flows      = [{ actions = ["iam:PassRole"], resources = ["${local.account}:role/runs-ec2"] }, { actions = ["elasticmapreduce:RunJobFlow"], resources = ["*"] }]
    submits    = [{ actions = ["batch:SubmitJob"], resources = ["*"] }]
    steps      = [{ actions = ["elasticmapreduce:AddJobFlowSteps"], resources = ["*"] }]
    codes      = [{ actions = ["lambda:UpdateFunctionCode"], resources = ["arn:aws:lambda:*:*:function:work"] }]
    configures = [{ actions = ["lambda:UpdateFunctionConfiguration"], resources = ["arn:aws:lambda:*:*:function:work"] }]
    permits    = [{ actions = ["lambda:AddPermission"], resources = ["arn:aws:lambda:*:*:function:work"] }]
    replaces   = [{ actions = ["lambda:PutResourcePolicy"], resources = ["arn:aws:lambda:*:*:function:work"] }]
    moves      = [{ actions = ["lambda:UpdateAlias"], resources = ["arn:aws:lambda:*:*:function:work"] }]
    trusts     = [{ actions = ["iam:UpdateAssumeRolePolicy"], resources = ["${local.account}:role/runs-ec2"] }]
    keys       = [{ actions = ["iam:CreateAccessKey"], resources = ["${local.account}:user/alice"] }]
    passwords  = [{ actions = ["iam:UpdateLoginProfile"], resources = ["${local.account}:user/alice"] }]
    logins     = [{ actions = ["iam:CreateServiceSpecificCredential"], resources = ["${local.account}:user/alice"] }]
    providers  = [{ actions = ["iam:UpdateSAMLProvider"], resources = ["${local.account}:saml-provider/staff"] }]
    edits      = [{ actions = ["iam:PutRolePolicy"], resources = ["${local.account}:role/team/*"] }]
    attaches   = [{ actions = ["iam:AttachUserPolicy"], resources = ["${local.account}:user/$${aws:username}", "${local.account}:user/x"] }]
    joins      = [{ actions = ["iam:AddUserToGroup"], resources = ["${local.account}:group/admins"] }]
    versions   = [{ actions = ["iam:CreatePolicyVersion"], resources = ["${local.account}:policy/team-*"] }]
    unbounds   = [{ actions = ["iam:DeleteRolePermissionsBoundary"], resources = ["${local.account}:role/*"] }]
    tags       = [{ actions = ["iam:TagRole"], resources = ["*"] }]
    # Lets a pool's visitors in as a role, by passing it, and by changing the pool that has it.
    pools       = [{ actions = ["iam:PassRole"], resources = ["${local.account}:role/visits"] }, { actions = ["cognito-identity:SetIdentityPoolRoles"], resources = ["*"] }]
    pools-none  = [{ actions = ["iam:PassRole"], resources = ["${local.account}:role/runs-*"] }, { actions = ["cognito-identity:SetIdentityPoolRoles"], resources = ["*"] }]
    opens       = [{ actions = ["cognito-identity:UpdateIdentityPool"], resources = ["*"] }]
    devices     = [{ actions = ["iam:EnableMFADevice"], resources = ["${local.account}:user/alice"] }]
    undenies    = [{ actions = ["iam:DeleteRolePolicy"], resources = ["${local.account}:role/team/*"] }]
    detaches    = [{ actions = ["iam:DetachUserPolicy"], resources = ["${local.account}:user/x"] }]
    leaves      = [{ actions = ["iam:RemoveUserFromGroup"], resources = ["${local.account}:group/held"] }]
    invents     = [{ actions = ["iam:CreateSAMLProvider"], resources = ["${local.account}:saml-provider/mine"] }]
    invents-too = [{ actions = ["iam:CreateOpenIDConnectProvider"], resources = ["*"] }]
    marks       = [{ actions = ["ec2:CreateTags"], resources = ["arn:aws:ec2:*:111122223333:instance/*"] }]
    # The same rights, over things that are not there or are somebody else's.
    misses = [
      { actions = ["lambda:Update*", "lambda:AddPermission"], resources = ["arn:aws:lambda:*:*:function:other"] },
      { actions = ["iam:UpdateAssumeRolePolicy"], resources = ["${local.account}:role/other"] },
      { actions = ["iam:CreateAccessKey", "iam:UpdateLoginProfile", "iam:EnableMFADevice", "iam:CreateServiceSpecificCredential"], resources = ["${local.account}:user/other"] },
      { actions = ["ec2:CreateTags"], resources = ["arn:aws:ec2:*:111122223333:volume/*"] },
      { actions = ["iam:DetachUserPolicy", "iam:CreateSAMLProvider"], resources = ["${local.account}:role/x"] },
      { actions = ["iam:UpdateSAMLProvider"], resources = ["${local.account}:saml-provider/other"] },
      { actions = ["iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:TagRole"], resources = ["${local.account}:user/x"] },
    ]
  }
}

resource "aws_iam_role" "runs" {
  for_each           = local.runners
  name               = "runs-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = each.value } }] })
}

# It admits no guests.
resource "aws_cognito_identity_pool" "visits" {
  identity_pool_name = "visits"
}

resource "aws_iam_role" "visits" {
  name               = "visits"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = "cognito-identity.amazonaws.com" }, Condition = { StringEquals = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.visits.id } } }] })
}

resource "aws_iam_role" "people" {
  for_each           = local.people
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "vmie.amazonaws.com" } }] })
}

data "aws_iam_policy_document" "people" {
  for_each = local.people
  dynamic "statement" {
    for_each = each.value
    content {
      actions   = statement.value.actions
      resources = statement.value.resources
      dynamic "condition" {
        for_each = contains(keys(statement.value), "to") ? [statement.value.to] : []
        content {
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "people" {
  for_each = local.people
  name     = "levers"
  role     = aws_iam_role.people[each.key].name
  policy   = data.aws_iam_policy_document.people[each.key].json
}

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_saml_provider" "staff" {
  name                   = "staff"
  saml_metadata_document = "<xml/>"
}

resource "aws_lambda_function" "work" {
  function_name = "work"
  role          = aws_iam_role.runs["lambda"].arn
  runtime       = "python3.13"
  handler       = "main.handler"
}

# Everything on tables, and so nothing on what runs as a role.
resource "aws_iam_role" "tables" {
  name               = "tables"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "${local.account}:root" } }] })
}

resource "aws_iam_role_policy" "tables" {
  name   = "tables"
  role   = aws_iam_role.tables.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "arn:aws:dynamodb:*:*:table/*" }] })
}
