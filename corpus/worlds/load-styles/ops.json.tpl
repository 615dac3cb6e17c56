{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Call",
      "Effect": "Allow",
      "Action": "lambda:InvokeFunction",
      "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:${first}"
    }
  ]
}
