//! The built program as people and scripts meet it: what it prints, how it exits, and that it does both the same
//! way every time.

use std::io::{Write as _, pipe};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Run, entries, program, run, text};
use crate::worlds::against_schema;

/// Questions to the demo world whose answers for people are kept as snapshots
static QUESTIONS: &[(&str, &[&str])] = &[
    ("summary", &["--demo"]),
    ("who_can_invoke_orders", &["who-can", "invoke", "function/orders", "--demo"]),
    ("who_can_invoke_thumbs", &["who-can", "invoke", "function/thumbs", "--demo"]),
    ("who_can_invoke_report", &["who-can", "invoke", "function/report", "--demo"]),
    ("who_can_invoke_adm", &["who-can", "invoke", "function/adm", "--demo"]),
    ("who_can_read_stripe", &["who-can", "secretsmanager:GetSecretValue", "secret/prod/stripe", "--demo"]),
    ("reach_anonymous", &["reach", "anonymous", "--demo"]),
    (
        "reach_anonymous_to_stripe",
        &["reach", "anonymous", "--to", "secret/prod/stripe", "--through-code", "--demo"],
    ),
    ("reach_support", &["reach", "role/support", "--demo"]),
    ("reach_partner", &["reach", "account/444455556666", "--demo"]),
    (
        "explain_ci_deploy_adm",
        &["explain", "role/ci-deploy", "lambda:InvokeFunction", "function/adm", "--demo"],
    ),
    ("explain_support_fix", &["explain", "role/support", "lambda:InvokeFunction", "function/fix", "--demo"]),
    ("explain_from_error", &["explain", "--from-error", DENIED, "--demo"]),
    ("decide", &["decide", "corpus/worlds/shop/decisions.jsonl", "--demo"]),
    ("inspect", &["inspect", "--demo"]),
    ("article_who_can", &["who-can", "invoke", "function/my-function", "-i", "corpus/worlds/article"]),
    ("article_reach", &["reach", "role/my-function-execution-role", "-i", "corpus/worlds/article"]),
    (
        "article_loose_who_can",
        &["who-can", "invoke", "function/my-function", "-i", "corpus/worlds/article-loose"],
    ),
    ("bad_heredoc_inspect", &["inspect", "corpus/worlds/bad-heredoc-json"]),
];

/// As the command line of AWS prints it
const DENIED: &str = "An error occurred (AccessDeniedException) when calling the Invoke operation: User: \
    arn:aws:sts::111122223333:assumed-role/support/mika is not authorized to perform: lambda:InvokeFunction on resource: \
    arn:aws:lambda:eu-west-1:111122223333:function:orders because no identity-based policy allows the \
    lambda:InvokeFunction action";

#[test]
fn answers_for_people_keep_their_form() {
    for (name, args) in QUESTIONS {
        let Run { code, out, err } = run(args);
        let code = code.map_or("a signal".to_owned(), |code| code.to_string());
        let seen = format!("$ gatecrash {}\n{out}--- standard error\n{err}--- exit {code}\n", args.join(" "));
        insta::assert_snapshot!(*name, seen);
    }
}

#[test]
fn the_same_question_gets_the_same_bytes() {
    for (name, args) in QUESTIONS {
        for format in ["human", "json"] {
            if *name == "summary" && format == "json" {
                continue;
            }
            let args = [*args, &["--format", format]].concat();
            let (first, second) = (run(&args), run(&args));
            assert!(!first.out.is_empty(), "{name} prints nothing as {format}: {}", first.err);
            assert_eq!((first.out, first.code), (second.out, second.code), "{name} as {format}");
        }
    }
}

#[test]
fn the_embedded_demo_is_the_shop_of_the_corpus() {
    for question in [&["reach", "anonymous"][..], &["who-can", "invoke", "function/thumbs"]] {
        let embedded = run(&[question, &["--demo", "--format", "json"]].concat());
        let folder = run(&[question, &["-i", "corpus/worlds/shop", "--format", "json"]].concat());
        assert_eq!(without_folders(&embedded.out), without_folders(&folder.out), "{question:?}");
    }
}

#[test]
fn a_record_of_cloudtrail_on_standard_input_is_explained() {
    let record = r#"{"eventSource": "lambda.amazonaws.com", "eventName": "Invoke", "errorCode": "AccessDenied",
        "requestParameters": {"functionName": "adm"}, "userIdentity": {"type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/ci-deploy/build-7"}}"#;
    let mut command = program(&["explain", "--from-error", "-", "--demo", "--format", "json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(record.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(against_schema("explain", &answer), Vec::<String>::new());
    assert_eq!(answer["decision"], "explicitly_denied");
    assert_eq!((&answer["layer"], &answer["told"]["explained"]), (&"boundary".into(), &true.into()));
}

#[test]
fn decisions_that_differ_exit_1_and_lines_that_are_none_exit_3() {
    let folder = TempDir::new().expect("a folder");
    let question = |expect: &str| {
        format!(
            "{{\"who\":\"user/alice\",\"can\":\"lambda:InvokeFunction\",\"on\":\"function/fix\",\"expect\":\"{expect}\"}}\n"
        )
    };
    for (lines, code) in [
        (question("denied"), 0),
        (question("allowed"), 1),
        (question("denied") + "{oops\n", 3),
        (question("allowed") + "{oops\n", 1),
        (question("perhaps"), 3),
        (String::new(), 4),
    ] {
        write(folder.path(), "cases.jsonl", &lines);
        let path = folder.path().join("cases.jsonl");
        for format in ["human", "json"] {
            let path = path.to_str().expect("UTF-8");
            let given = run(&["decide", path, "--demo", "--format", format]);
            assert_eq!(given.code, Some(code), "{lines} as {format}: {}{}", given.out, given.err);
            for line in given.out.lines().filter(|_| format == "json") {
                let row: Value = serde_json::from_str(line).expect("JSON");
                assert_eq!(against_schema("decide", &row), Vec::<String>::new(), "{line}");
            }
        }
    }
    let missing = run(&["decide", "no/such/file.jsonl"]);
    assert_eq!(missing.code, Some(3), "{}", missing.err);
}

#[test]
fn the_decisions_of_the_corpus_pass_as_a_user_would_run_them() {
    let given = run(&["decide", "corpus/decisions/golden.jsonl", "corpus/decisions/documentation.jsonl"]);
    assert_eq!(given.code, Some(0), "{}", given.out);
    assert!(given.out.ends_with("1436 cases, 1436 as expected\n"), "{}", given.out);
}

#[test]
fn help_and_version_succeed() {
    for args in [&["--help"][..], &["--version"], &["who-can", "--help"], &["help", "reach"]] {
        let given = run(args);
        assert_eq!(given.code, Some(0), "{args:?}: {}", given.err);
        assert!(!given.out.is_empty(), "{args:?}");
    }
}

#[test]
fn wrong_usage_exits_2_and_says_why() {
    for args in [
        &["who-can"][..],
        &["reach", "anonymous", "--no-such-flag", "--demo"],
        &["who-can", "invoke", "function/orders", "--demo", "-i", "corpus/worlds/shop"],
        &["inspect", "corpus/worlds/shop", "--demo"],
        &["inspect", "corpus/worlds/shop", "-i", "corpus/worlds/shop"],
        &["who-can", "invoke", "function/no-such-function", "--demo"],
        &["who-can", "invoke", "no-such-kind/orders", "--demo"],
        &["reach", "role/no-such-role", "--demo"],
        &["explain", "role/no-such-role", "lambda:InvokeFunction", "function/fix", "--demo"],
        &["explain", "role/support", "not an action", "function/fix", "--demo"],
        &["explain", "role/support", "lambda:InvokeFunction", "function/fix", "--given", "novalue", "--demo"],
        &["reach", "anonymous", "--format", "no-such-format", "--demo"],
    ] {
        let given = run(args);
        assert_eq!(given.code, Some(2), "{args:?}: {}{}", given.out, given.err);
        assert!(given.out.is_empty(), "{args:?}: an error is no answer: {}", given.out);
        assert!(!given.err.is_empty(), "{args:?}: says nothing");
    }
}

#[test]
fn a_selector_that_matches_several_names_the_candidates() {
    let given = run(&["explain", "role/support", "lambda:InvokeFunction", "function/*", "--demo"]);
    assert_eq!(given.code, Some(2), "{}", given.out);
    for name in ["function/adm", "function/fix", "function/orders"] {
        assert!(given.err.contains(name), "{name} is no candidate in: {}", given.err);
    }
}

#[test]
fn a_selector_that_matches_nothing_names_what_is_near() {
    let given = run(&["who-can", "invoke", "function/order", "--demo"]);
    assert_eq!(given.code, Some(2));
    assert!(given.err.contains("function/orders"), "{}", given.err);
}

#[test]
fn a_folder_without_input_exits_4_and_names_the_demo() {
    let empty = TempDir::new().expect("a folder");
    let path = empty.path().to_str().expect("UTF-8");
    for args in [&[path][..], &["inspect", path], &["reach", "anonymous", "-i", path]] {
        let given = run(args);
        assert_eq!(given.code, Some(4), "{args:?}: {}{}", given.out, given.err);
        assert!(given.err.contains("--demo"), "{args:?}: {}", given.err);
    }
}

#[test]
fn an_input_that_is_not_there_exits_3_and_is_named() {
    let given = run(&["inspect", "no/such/folder"]);
    assert_eq!(given.code, Some(3), "{}{}", given.out, given.err);
    assert!(given.err.contains("no/such/folder") || given.out.contains("no/such/folder"), "{}", given.err);
}

#[test]
fn an_unreadable_input_beside_a_good_one_exits_3_with_the_answer() {
    let given = run(&[
        "reach",
        "anonymous",
        "-i",
        "corpus/worlds/article",
        "-i",
        "no/such/folder",
        "--format",
        "json",
    ]);
    assert_eq!(given.code, Some(3), "{}", given.err);
    let answer: Value = serde_json::from_str(&given.out).expect("an answer all the same");
    assert!(answer["problems"].to_string().contains("no/such/folder"), "{}", answer["problems"]);
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    for format in ["human", "json"] {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let mut command = program(&["reach", "role/ci-deploy", "--demo", "--format", format]);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0), "{format}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_with_its_code_and_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("answer.json").to_string_lossy().into_owned();
    let args = ["decide", "corpus/decisions/golden.jsonl", "--repeat", "1000000", "--output", &out];
    let mut child = program(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let pid = child.id().to_string();
    // Until it listens, the signal might end it in the system's own way.
    std::thread::sleep(Duration::from_millis(400));
    let sent = Command::new("kill").args(["-INT", &pid]).status().expect("a signal is sent");
    assert!(sent.success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    // The answer is there whole, or not at all.
    let left = entries(folder.path());
    assert!(left.iter().all(|path| path.ends_with("answer.json")), "{left:?}");
    for path in left {
        assert!(text(&path).ends_with(" as expected\n"), "{}", text(&path));
    }
}

#[test]
fn shells_and_manuals_know_every_command() {
    let help = run(&["--help"]).out;
    let listed = help.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
    let commands: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|name| *name != "help" && help.contains(&format!("\n  {name} ")))
        .collect();
    assert!(commands.contains(&"who-can") && commands.contains(&"diff"), "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{}", script.err);
        for command in &commands {
            assert!(script.out.contains(command), "{shell} does not complete {command}");
        }
    }
    let folder = TempDir::new().expect("a folder");
    let pages = folder.path().join("man1");
    let given = run(&["man", pages.to_str().expect("UTF-8")]);
    assert_eq!(given.code, Some(0), "{}", given.err);
    let names: Vec<String> = entries(&pages)
        .iter()
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    let mut wanted: Vec<String> = commands.iter().map(|name| format!("gatecrash-{name}.1")).collect();
    wanted.push("gatecrash.1".to_owned());
    wanted.sort();
    assert_eq!(names, wanted);
    assert!(text(&pages.join("gatecrash-diff.1")).contains("gained"), "the page says nothing of its flags");
    assert_eq!(run(&["completions", "no-such-shell"]).code, Some(2));
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let given = run(&["who-can", "invoke", "function/orders", "--demo"]);
    assert!(!given.out.contains('\u{1b}'), "{:?}", given.out);
    let forced = run(&["who-can", "invoke", "function/orders", "--demo", "--color", "always"]);
    assert!(forced.out.contains('\u{1b}'), "--color always does nothing");
}

#[test]
fn control_characters_and_bidi_overrides_of_a_policy_are_escaped() {
    let world = TempDir::new().expect("a folder");
    write(world.path(), "main.tf", HOSTILE);
    let path = world.path().to_str().expect("UTF-8");
    for question in [
        &["who-can", "invoke", "function/greet", "-i", path][..],
        &["explain", "user/mallory", "lambda:InvokeFunction", "function/greet", "-i", path],
        &["reach", "user/mallory", "-i", path],
        &["inspect", path],
    ] {
        let given = run(question);
        for (stream, text) in [("out", &given.out), ("err", &given.err)] {
            let raw: Vec<_> =
                text.chars().filter(|letter| ['\u{1b}', '\u{202e}', '\u{7}'].contains(letter)).collect();
            assert!(raw.is_empty(), "{question:?} prints {raw:?} on {stream}: {text:?}");
        }
    }
    let explained = run(&["explain", "user/mallory", "lambda:InvokeFunction", "function/greet", "-i", path]);
    assert_eq!(explained.code, Some(0), "{}", explained.err);
    assert!(explained.out.contains("Sneaky"), "the statement is named all the same: {}", explained.out);
}

/// A statement whose Sid would retitle the terminal and turn the line round
static HOSTILE: &str = r#"
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
        "Sid": "Sneaky\u001b]0;gotcha\u0007\u202e",
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": "*"
      }
    }
  JSON
}
"#;

/// Writes a file of a test's own world
fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file in the test's own folder");
}

/// An answer whose places name files below the shop
fn without_folders(answer: &str) -> Value {
    let answer = answer.replace("corpus/worlds/shop/", "shop/");
    serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}
