# What configurations of tasks, projects, machines and stacks tell whoever can read them, and an access key in two of them.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  people = {
    amplify   = ["amplify:GetApp"]
    apprunner = ["apprunner:DescribeService"]
    batch     = ["batch:DescribeJobDefinitions"]
    stacks    = ["cloudformation:DescribeStacks"]
    builds    = ["codebuild:BatchGetProjects"]
    machines  = ["ec2:DescribeInstanceAttribute"]
    templates = ["ec2:DescribeLaunchTemplateVersions"]
    tasks     = ["ecs:DescribeTaskDefinition"]
    beanstalk = ["elasticbeanstalk:DescribeConfigurationSettings"]
    jobs      = ["glue:GetJob"]
    # Calls beside them, which return names and no values.
    lists = [
      "amplify:ListBranches", "apprunner:ListServices", "batch:DescribeJobQueues", "cloudformation:ListStacks",
      "codebuild:ListProjects", "ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ecs:ListTaskDefinitions",
      "elasticbeanstalk:DescribeEnvironments", "glue:ListJobs",
    ]
  }
}

resource "aws_iam_role" "people" {
  for_each           = local.people
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "transfer.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "people" {
  for_each = local.people
  name     = "reads"
  role     = aws_iam_role.people[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }] })
}

resource "aws_iam_user" "mailer" {
  name = "mailer"
}

resource "aws_iam_access_key" "mailer" {
  user = aws_iam_user.mailer.name
}

resource "aws_amplify_app" "site" {
  name                  = "site"
  environment_variables = { TOKEN = "x" }
}

resource "aws_apprunner_service" "shop" {
  service_name = "shop"
  source_configuration {
    image_repository {
      image_identifier      = "public.ecr.aws/shop/shop:1"
      image_repository_type = "ECR_PUBLIC"
      image_configuration {
        runtime_environment_variables = { TOKEN = "x" }
      }
    }
  }
}

resource "aws_batch_job_definition" "nightly" {
  name                 = "nightly"
  type                 = "container"
  container_properties = jsonencode({ image = "nightly", environment = [{ name = "TOKEN", value = "x" }] })
}

resource "aws_cloudformation_stack" "legacy" {
  name          = "legacy"
  parameters    = { Password = "x" }
  template_body = jsonencode({ Parameters = { Password = { Type = "String" } }, Resources = {} })
}

resource "aws_codebuild_project" "build" {
  name         = "build"
  service_role = "arn:aws:iam::111122223333:role/builds-elsewhere"
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
    environment_variable {
      name  = "SMTP_PASSWORD"
      value = aws_iam_access_key.mailer.secret
    }
  }
  source {
    type = "CODEPIPELINE"
  }
}

resource "aws_instance" "bastion" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = "#!/bin/sh\nexport TOKEN=x\n"
}

# Nothing is set: there is nothing to read.
resource "aws_instance" "plain" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}

resource "aws_launch_template" "workers" {
  name      = "workers"
  user_data = base64encode("export TOKEN=x")
}

resource "aws_ecs_task_definition" "mails" {
  family = "mails"
  container_definitions = jsonencode([
    { name = "side", image = "side" },
    { name = "mails", image = "mails", environment = [{ name = "SMTP_PASSWORD", value = aws_iam_access_key.mailer.secret }] },
  ])
}

resource "aws_elastic_beanstalk_environment" "old" {
  name        = "old"
  application = "old"
  setting {
    namespace = "aws:elasticbeanstalk:application:environment"
    name      = "TOKEN"
    value     = "x"
  }
}

resource "aws_glue_job" "etl" {
  name              = "etl"
  role_arn          = "arn:aws:iam::111122223333:role/etl-elsewhere"
  default_arguments = { "--password" = "x" }
  command {
    script_location = "s3://scripts/etl.py"
  }
}
