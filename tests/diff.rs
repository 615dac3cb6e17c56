//! What a change lets somebody reach: laws of comparing two inputs, and the pictures of it for people.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Run, entries, root, run, text};
use crate::worlds::against_schema;

/// The permission of the shop that lets one API call `function/orders`, whatever else is edited
static SOURCE_ARN: &str = r#"source_arn = "${aws_apigatewayv2_api.shop.execution_arn}/*/POST/orders""#;

#[test]
fn no_world_differs_from_itself() {
    let mut differing = Vec::new();
    for world in entries(&root().join("corpus/worlds")).into_iter().filter(|path| path.is_dir()) {
        let world = world.to_str().expect("UTF-8");
        let given = run(&["diff", world, world, "--format", "json"]);
        let answer: Value =
            serde_json::from_str(&given.out).unwrap_or_else(|_| panic!("{world}: {}", given.err));
        assert_eq!(against_schema("diff", &answer), Vec::<String>::new(), "{world}");
        let lists = ["reach", "direct", "added", "removed", "renamed"];
        let is_empty = lists.iter().all(|list| answer[list].as_array().is_some_and(Vec::is_empty));
        if !is_empty || !matches!(given.code, Some(0 | 3)) {
            differing
                .push(format!("{world}: exit {:?}, {}{}", given.code, answer["reach"], answer["direct"]));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn what_only_moved_to_other_lines_and_another_folder_does_not_differ() {
    for world in
        ["shop", "edge-levers", "load-plan", "bad-absent-module", "load-organization", "edge-data-key"]
    {
        let world = root().join("corpus/worlds").join(world);
        let moved = TempDir::new().expect("a folder");
        copy(&world, moved.path(), &|text| format!("\n\n{text}"));
        let (code, answer) = diff(world.to_str().expect("UTF-8"), moved.path().to_str().expect("UTF-8"), &[]);
        assert!(matches!(code, Some(0 | 3)), "{}: {}{}", world.display(), answer["reach"], answer["direct"]);
        assert_eq!(answer["direct"], Value::Array(Vec::new()), "{}", world.display());
    }
}

#[test]
fn what_one_way_gains_the_other_way_loses() {
    let edited = shop(&[(SOURCE_ARN, ""), ("\"lambda:InvokeFunction\"]", "\"lambda:GetFunction\"]")]);
    for (before, after) in [
        ("corpus/worlds/shop", path(&edited)),
        ("corpus/worlds/article", "corpus/worlds/article-loose"),
        ("corpus/worlds/edge-data", "corpus/worlds/edge-levers"),
        ("corpus/worlds/shop", "corpus/worlds/article"),
    ] {
        let (_, there) = diff(before, after, &[]);
        let (_, back) = diff(after, before, &[]);
        let mut some = 0;
        for (change, opposite) in [("gained", "lost"), ("loosened", "tightened"), ("changed", "changed")] {
            for list in ["reach", "direct"] {
                let (one, other) = (names(&there, list, change), names(&back, list, opposite));
                some += one.len();
                assert_eq!(one, other, "{before} {after}: {list} {change}");
                assert_eq!(names(&there, list, opposite), names(&back, list, change), "{before} {after}");
            }
        }
        assert!(some > 0, "{before} and {after} differ in nothing");
    }
}

#[test]
fn a_permission_that_loses_its_source_arn_lets_any_api_in() {
    let edited = shop(&[(SOURCE_ARN, "")]);
    let (code, answer) = diff("corpus/worlds/shop", path(&edited), &[]);
    assert_eq!(code, Some(1));
    let gained = names(&answer, "reach", "gained");
    let wanted = "service/apigateway.amazonaws.com read secret/prod/orders-db".to_owned();
    assert!(gained.contains(&wanted), "{gained:#?}");
    let first = &answer["reach"][0];
    assert_eq!((&first["outside"], &first["before"]), (&true.into(), &Value::Null));
    // The statement that the change brought is the first thing to take back.
    let cut = &first["cuts"][0]["statements"][0];
    assert_eq!(cut["sid"], "AllowShopApi", "{cut}");
    assert_eq!(names(&answer, "reach", "lost"), Vec::<String>::new());
    let (code, _) = diff("corpus/worlds/shop", path(&edited), &["--exit-zero"]);
    assert_eq!(code, Some(0));
    let (code, back) = diff(path(&edited), "corpus/worlds/shop", &["--gained-only"]);
    assert_eq!((code, &back["reach"]), (Some(0), &Value::Array(Vec::new())));
}

#[test]
fn what_is_renamed_at_its_address_is_the_same() {
    let world = |name: &str| {
        let folder = TempDir::new().expect("a folder");
        let text = INVOKED.replace("NAME", name);
        std::fs::write(folder.path().join("main.tf"), text).expect("written");
        folder
    };
    let (before, after) = (world("greet"), world("welcome"));
    let (code, answer) = diff(path(&before), path(&after), &[]);
    let renamed = answer["renamed"].to_string();
    assert!(renamed.contains("function/greet") && renamed.contains("function/welcome"), "{renamed}");
    assert_eq!(names(&answer, "reach", "gained"), Vec::<String>::new());
    assert_eq!((code, &answer["direct"]), (Some(0), &Value::Array(Vec::new())), "{answer}");
}

#[test]
fn a_condition_less_is_looser_and_one_more_is_tighter() {
    let world = |conditions: &[&str]| {
        let folder = TempDir::new().expect("a folder");
        let text = CONDITIONED.replace("CONDITIONS", &conditions.join(", "));
        std::fs::write(folder.path().join("main.tf"), text).expect("written");
        folder
    };
    let (mfa, vpc) = (
        r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#,
        r#""StringEquals": {"aws:SourceVpc": ["vpc-1"]}"#,
    );
    let (wider, other) = (
        r#""StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}"#,
        r#""StringEquals": {"aws:SourceVpc": ["vpc-3"]}"#,
    );
    for (before, after, change, code) in [
        (&[mfa, vpc][..], &[vpc][..], "loosened", 1),
        (&[vpc], &[mfa, vpc], "tightened", 0),
        (&[vpc], &[wider], "loosened", 1),
        (&[wider], &[vpc], "tightened", 0),
        (&[mfa], &[], "loosened", 1),
        (&[], &[mfa], "tightened", 0),
        // What is not decided may let more through.
        (&[vpc], &[other], "changed", 1),
    ] {
        let (before, after) = (world(before), world(after));
        let (given, answer) = diff(path(&before), path(&after), &[]);
        let found = names(&answer, "direct", change);
        let wanted = "user/mallory influence function/greet".to_owned();
        assert_eq!((found.first(), given), (Some(&wanted), Some(code)), "{change}: {}", answer["direct"]);
    }
}

#[test]
fn the_exit_codes_of_a_comparison() {
    let edited = shop(&[(SOURCE_ARN, "")]);
    let empty = TempDir::new().expect("a folder");
    for (args, code) in [
        (&["diff", "corpus/worlds/shop", "corpus/worlds/shop"][..], 0),
        (&["diff", "corpus/worlds/shop", path(&edited)], 1),
        (&["diff", path(&edited), "corpus/worlds/shop"], 0),
        (&["diff", "corpus/worlds/shop", "no/such/folder"], 3),
        (&["diff", "no/such/folder", "corpus/worlds/shop"], 1),
        (&["diff", "no/such/folder", "corpus/worlds/shop", "--exit-zero"], 3),
        (&["diff", path(&empty), "corpus/worlds/shop"], 4),
        (&["diff", "corpus/worlds/shop"], 2),
        (&["diff", "corpus/worlds/shop", "corpus/worlds/shop", "-i", "corpus/worlds/shop"], 2),
        (&["diff", "corpus/worlds/shop", "corpus/worlds/shop", "--demo"], 2),
    ] {
        for format in ["human", "json"] {
            let given = run(&[args, &["--format", format]].concat());
            assert_eq!(given.code, Some(code), "{args:?} as {format}: {}", given.err);
        }
    }
}

#[test]
fn a_comparison_for_people_keeps_its_form() {
    let edited = shop(&[(SOURCE_ARN, "")]);
    for (name, args) in
        [("opened", ["corpus/worlds/shop", path(&edited)]), ("shut", [path(&edited), "corpus/worlds/shop"])]
    {
        let Run { out, .. } = run(&["diff", args[0], args[1]]);
        insta::assert_snapshot!(name, out.replace(path(&edited), "edited"));
    }
}

/// The answer as JSON, which must be as the schema says, and the exit code
fn diff(before: &str, after: &str, flags: &[&str]) -> (Option<i32>, Value) {
    let given = run(&[&["diff", before, after, "--format", "json"], flags].concat());
    let answer = serde_json::from_str(&given.out).unwrap_or_else(|error| panic!("{error}: {}", given.err));
    assert_eq!(against_schema("diff", &answer), Vec::<String>::new());
    (given.code, answer)
}

/// The entries of one change: from, grade, to, by the names before the change where both have some
fn names(answer: &Value, list: &str, change: &str) -> Vec<String> {
    let name = |value: &Value| value["name"].as_str().or(value.as_str()).expect("a name").to_owned();
    let of = answer[list].as_array().expect("a list").iter().filter(|one| one["change"] == change);
    let mut names: Vec<String> = of
        .map(|one| {
            let target = if list == "reach" { &one["target"] } else { &one["to"] };
            format!("{} {} {}", name(&one["from"]), one["grade"].as_str().expect("a grade"), name(target))
        })
        .collect();
    names.sort();
    names
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().expect("UTF-8")
}

/// The shop with some texts replaced
fn shop(edits: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    copy(&root().join("corpus/worlds/shop"), folder.path(), &|text| {
        edits.iter().fold(text, |text, (from, to)| text.replace(from, to))
    });
    folder
}

/// Copies a folder, each file of Terraform edited
fn copy(from: &Path, to: &Path, edit: &dyn Fn(String) -> String) {
    for entry in entries(from) {
        let at = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            std::fs::create_dir(&at).expect("made");
            copy(&entry, &at, edit);
        } else {
            let whole = text(&entry);
            let is_native = entry.extension().is_some_and(|ending| ending == "tf");
            std::fs::write(at, if is_native { edit(whole) } else { whole }).expect("written");
        }
    }
}

static INVOKED: &str = r#"
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_lambda_function" "greet" {
  function_name = "NAME"
  role          = aws_iam_role.exec.arn
}

resource "aws_iam_role" "exec" {
  name               = "exec"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_permission" "any" {
  statement_id  = "Any"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.greet.function_name
  principal     = "sns.amazonaws.com"
}
"#;

static CONDITIONED: &str = r#"
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_lambda_function" "greet" {
  function_name = "greet"
  role          = "arn:aws:iam::111122223333:role/greet-exec"
}

resource "aws_iam_user" "mallory" {
  name = "mallory"
}

resource "aws_iam_user_policy" "mallory" {
  name = "mallory"
  user = aws_iam_user.mallory.name

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": "*",
        "Condition": {CONDITIONS}
      }
    }
  JSON
}
"#;

#[test]
fn a_revision_is_compared_with_the_work_tree() {
    let repository = shop_in_a_repository();
    let at = repository.path();
    let infra = at.join("infra");
    let infra = infra.to_str().expect("UTF-8");
    let same = run(&["diff", infra, "--git", "HEAD", "--format", "json"]);
    let answer: Value = serde_json::from_str(&same.out).unwrap_or_else(|_| panic!("{}", same.err));
    assert_eq!((same.code, &answer["direct"]), (Some(0), &Value::Array(Vec::new())), "{}", same.err);
    let triggers = at.join("infra/triggers.tf");
    std::fs::write(&triggers, text(&triggers).replace(SOURCE_ARN, "")).expect("written");
    for revision in ["HEAD", "main", "v1"] {
        let given = run(&["diff", infra, "--git", revision, "--format", "json"]);
        let answer: Value = serde_json::from_str(&given.out).unwrap_or_else(|_| panic!("{}", given.err));
        assert_eq!(against_schema("diff", &answer), Vec::<String>::new());
        assert_eq!(given.code, Some(1), "{revision}: {}", given.err);
        let gained = names(&answer, "reach", "gained");
        assert!(gained.contains(&"service/apigateway.amazonaws.com read secret/prod/orders-db".to_owned()));
    }
    // From inside of the folder, and of one file.
    let mut inside = crate::program::program(&["diff", ".", "--git", "HEAD"]);
    let output = inside.current_dir(infra).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let back = run(&["diff", infra, "--git", "HEAD", "--format", "markdown"]);
    assert!(back.out.contains("drive <code>secret/prod/orders-db</code> through"), "{}", back.out);
    insta::assert_snapshot!("comment", back.out.replace(infra, "infra").replace(&code_of(infra), "infra"));
    // The repository is as it was.
    let status = git(at, &["status", "--porcelain"]);
    assert_eq!(status.trim(), "M infra/triggers.tf");
}

#[test]
fn a_revision_that_is_none_is_wrong_usage() {
    let repository = shop_in_a_repository();
    let infra = repository.path().join("infra");
    let infra = infra.to_str().expect("UTF-8");
    for args in [
        &["diff", infra, "--git", "no-such-revision"][..],
        &["diff", infra, "--git=--output=x"],
        &["diff", infra, "--git="],
        &["diff", infra, infra, "--git", "HEAD"],
    ] {
        let given = run(args);
        assert_eq!(given.code, Some(2), "{args:?}: {}", given.err);
        assert!(!given.err.is_empty());
    }
    let nowhere = TempDir::new().expect("a folder");
    let given = run(&["diff", path(&nowhere), "--git", "HEAD"]);
    assert_eq!(given.code, Some(2), "{}", given.err);
    assert!(given.err.contains("no git repository"), "{}", given.err);
}

#[test]
fn a_comment_shows_the_text_of_policies_as_text() {
    let world = |sid: &str, actions: &str| {
        let folder = TempDir::new().expect("a folder");
        let text =
            CONDITIONED.replace(r#""Effect": "Allow","#, &format!(r#""Sid": "{sid}", "Effect": "Allow","#));
        let text = text.replace("lambda:InvokeFunction", actions).replace("CONDITIONS", "");
        std::fs::write(folder.path().join("main.tf"), text).expect("written");
        folder
    };
    let sid = r"A\u001b]0;x\u202e]]></script>|`@team\n# B";
    let (before, after) = (world(sid, "lambda:GetFunction"), world(sid, "lambda:InvokeFunction"));
    for format in ["markdown", "human"] {
        let given = run(&["diff", path(&before), path(&after), "--format", format]);
        assert_eq!(given.code, Some(1), "{}", given.err);
        for forbidden in ["\u{1b}", "\u{202e}", "\n# B"] {
            assert!(!given.out.contains(forbidden), "{format} has {forbidden:?}: {}", given.out);
        }
        if format == "markdown" {
            for forbidden in ["]]>", "</script>", "@team", "|`"] {
                assert!(!given.out.contains(forbidden), "{format} has {forbidden:?}: {}", given.out);
            }
            assert!(
                given.out.contains("&lt;/script&gt;"),
                "the statement is named all the same: {}",
                given.out
            );
        }
    }
    let other = run(&["inspect", path(&before), "--format", "markdown"]);
    assert_eq!(other.code, Some(2));
}

/// How a path stands in a comment
fn code_of(path: &str) -> String {
    path.chars().map(|c| if c == '_' { "&#95;".to_owned() } else { c.to_string() }).collect()
}

/// The shop below `infra`, committed on `main` and tagged `v1`
fn shop_in_a_repository() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let infra = folder.path().join("infra");
    std::fs::create_dir(&infra).expect("made");
    copy(&root().join("corpus/worlds/shop"), &infra, &|text| text);
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "The shop"]);
    git(folder.path(), &["tag", "v1"]);
    folder
}

fn git(folder: &Path, args: &[&str]) -> String {
    let who =
        ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgSign=false"];
    let mut command = std::process::Command::new("git");
    let output = command.args(who).args(args).current_dir(folder).output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
