# Saved as Latin-1: grüße

resource "aws_iam_user" "lost" {
  name = "lost"
}
