# Not read: `main.tofu` stands in its place.

resource "aws_lambda_permission" "anybody" {
  function_name = "greet"
  action        = "lambda:InvokeFunction"
  principal     = "*"
}
