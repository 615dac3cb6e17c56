# codepipeline: the source calls with a role of its own.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "exec" {
  name = "exec"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambda_function" "hit" {
  function_name = "hit"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "hit.zip"
}

resource "aws_lambda_function" "miss" {
  function_name = "miss"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_iam_role" "invokes" {
  name = "invokes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codepipeline.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "invokes" {
  name = "invokes"
  role = aws_iam_role.invokes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = "${aws_lambda_function.hit.arn}*" },
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.drops.arn}/site.zip" }
    ]
  })
}

resource "aws_s3_bucket" "drops" {
  bucket = "drops-of-the-site"
}

resource "aws_codecommit_repository" "site" {
  repository_name = "site-code"
}

resource "aws_codepipeline" "site" {
  name     = "site"
  role_arn = aws_iam_role.invokes.arn

  stage {
    name = "source"

    action {
      name          = "drops"
      category      = "Source"
      owner         = "AWS"
      provider      = "S3"
      version       = "1"
      configuration = { S3Bucket = aws_s3_bucket.drops.bucket, S3ObjectKey = "site.zip" }
    }

    # A rule must start it, and its role may not read the repository: nobody who pushes comes any further.
    action {
      name          = "code"
      category      = "Source"
      owner         = "AWS"
      provider      = "CodeCommit"
      version       = "1"
      configuration = { RepositoryName = aws_codecommit_repository.site.repository_name, BranchName = "main", PollForSourceChanges = "false" }
    }
  }

  stage {
    name = "hit"

    action {
      name          = "hit"
      category      = "Invoke"
      owner         = "AWS"
      provider      = "Lambda"
      version       = "1"
      configuration = { FunctionName = aws_lambda_function.hit.function_name }
    }
  }

  stage {
    name = "miss"

    action {
      name          = "miss"
      category      = "Invoke"
      owner         = "AWS"
      provider      = "Lambda"
      version       = "1"
      configuration = { FunctionName = aws_lambda_function.miss.function_name }
    }
  }
}

resource "aws_iam_role" "starts" {
  name = "starts"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "starts" {
  name = "starts"
  role = aws_iam_role.starts.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["codepipeline:StartPipelineExecution"], Resource = aws_codepipeline.site.arn }
    ]
  })
}

resource "aws_iam_role" "looks" {
  name = "looks"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "looks" {
  name = "looks"
  role = aws_iam_role.looks.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["codepipeline:GetPipeline"], Resource = aws_codepipeline.site.arn }
    ]
  })
}

# Who puts the object that the pipeline waits for, another one, and who pushes.
locals {
  feeds = {
    drops      = ["s3:PutObject", "${aws_s3_bucket.drops.arn}/site.zip"]
    drops-else = ["s3:PutObject", "${aws_s3_bucket.drops.arn}/other/*"]
    pushes     = ["codecommit:GitPush", aws_codecommit_repository.site.arn]
  }
}

resource "aws_iam_role" "feeds" {
  for_each           = local.feeds
  name               = each.key
  assume_role_policy = aws_iam_role.starts.assume_role_policy

  inline_policy {
    name   = "feeds"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value[0], Resource = each.value[1] }] })
  }
}
