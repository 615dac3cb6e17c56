//! What the file may say, what it may not, and that the schema for editors agrees.

use super::*;

const HEAD: &str = "version = 1\n";

fn claim(lines: &str) -> String {
    format!("{HEAD}[[assert]]\nid = \"a\"\n{lines}\n")
}

fn wrong(text: &str) -> (String, String, Option<String>) {
    let mistake = read(text).expect_err(text);
    (mistake.message.clone(), text.get(mistake.at.clone()).unwrap_or("").to_owned(), mistake.help)
}

/// Files that are read
static GOOD: &[&str] = &[
    "only = [\"role/x\"]\ncan = [\"invoke\"]\non = [\"function/*\"]",
    "only = []\ncan = [\"invoke\"]\non = [\"function/*\"]",
    "never = [\"outside\", \"any-account\"]\ncan = [\"s3:Get*\", \"lambda:InvokeFunction\"]\non = [\"any\"]\nsteps = \"any\"\nvia = \"code\"",
    "exactly = [\"arn:aws:iam::111122223333:role/*\"]\nreach = [\"tf:aws_kms_key.x\"]\nvia = \"code\"\ngrade = [\"read\"]\nedges = [\"data.*\"]",
    "always = [\"user/a\"]\ncan = [\"invoke\"]\non = [\"function/f\"]\ngiven = { \"aws:SourceIp\" = \"203.0.113.7\", \"aws:TagKeys\" = [\"a\", \"b\"] }\nabsent = [\"aws:SourceVpce\"]",
    "never = [\"user/a\"]\nreach = [\"secret/*\"]\nexcept = [\"secret/public\"]\nseverity = \"warning\"\nexpect = \"violated\"\nexpect_to = [\"secret/x\"]\nexpect_from = [\"user/a\"]\nreason = \"r\"\nmay_be_empty = true",
];

/// Claims that are refused: lines, part of the message, what is marked, part of the help
static BAD: &[(&str, &str, &str, &str)] = &[
    ("never = [\"anonymous\"]\nreaches = [\"secret/x\"]", "unknown field `reaches`", "reaches", "`reach`"),
    ("never = [\"anonymous\"]\nreach = \"secret/x\"", "invalid type: string", "\"secret/x\"", ""),
    ("never = [\"anonymus\"]\nreach = [\"secret/x\"]", "`anonymus` is no selector", "\"anonymus\"", ""),
    ("never = [\"@deploy\"]\nreach = [\"secret/x\"]", "there is no set `deploy`", "\"@deploy\"", ""),
    (
        "never = [\"outside-org\"]\nreach = [\"secret/x\"]",
        "needs to know the organisation",
        "\"outside-org\"",
        "[world] org",
    ),
    (
        "can = [\"invoke\"]\non = [\"function/x\"]",
        "has none of the verbs",
        "\"a\"",
        "only, never, exactly, always",
    ),
    ("only = []\nnever = [\"any\"]\nreach = [\"secret/x\"]", "has several of the verbs", "\"a\"", ""),
    ("never = []\nreach = [\"secret/x\"]", "is about nobody", "\"a\"", "never"),
    ("never = [\"any\"]\ncan = [\"invoke\"]", "`can` without `on`", "\"a\"", "function/orders"),
    ("never = [\"any\"]\non = [\"function/x\"]", "`on` without `can`", "\"a\"", "invoke"),
    (
        "never = [\"any\"]\ncan = [\"invoke\"]\non = [\"function/x\"]\nreach = [\"secret/x\"]",
        "both",
        "\"a\"",
        "two assertions",
    ),
    ("never = [\"any\"]", "claims nothing", "\"a\"", ""),
    (
        "never = [\"any\"]\ncan = [\"lambda:InvokFunction\"]\non = [\"any\"]",
        "no action of the catalogue",
        "\"lambda:InvokFunction\"",
        "InvokeFunction",
    ),
    (
        "never = [\"any\"]\ncan = [\"lamda:InvokeFunction\"]\non = [\"any\"]",
        "of a service",
        "\"lamda:InvokeFunction\"",
        "lambda",
    ),
    ("never = [\"any\"]\ncan = [\"lambda:Zap*\"]\non = [\"any\"]", "like no action", "\"lambda:Zap*\"", ""),
    ("never = [\"any\"]\ncan = [\"invok\"]\non = [\"any\"]", "is no action", "\"invok\"", ""),
    (
        "never = [\"any\"]\ncan = [\"invoke\"]\non = [\"any\"]\nvia = \"code\"",
        "`can` is direct",
        "\"code\"",
        "steps",
    ),
    (
        "never = [\"any\"]\ncan = [\"invoke\"]\non = [\"any\"]\ngrade = [\"read\"]",
        "narrows `reach`",
        "\"read\"",
        "",
    ),
    ("never = [\"any\"]\nreach = [\"any\"]\nsteps = \"any\"", "follows every step", "\"any\"", ""),
    ("never = [\"any\"]\nreach = [\"any\"]\ngrade = [\"reed\"]", "no grade", "\"reed\"", "read"),
    (
        "never = [\"any\"]\nreach = [\"any\"]\nedges = [\"data.secret.reed\"]",
        "no kind of edge",
        "\"data.secret.reed\"",
        "data.secret.read",
    ),
    ("never = [\"any\"]\nreach = [\"any\"]\nseverity = \"eror\"", "no severity", "\"eror\"", "error"),
    (
        "never = [\"any\"]\nreach = [\"any\"]\nexpect_to = [\"any\"]",
        "counterexamples are expected",
        "\"any\"",
        "violated",
    ),
    (
        "never = [\"any\"]\nreach = [\"any\"]\ngiven = { \"a:b\" = \"c\" }\nabsent = [\"A:B\"]",
        "given and absent",
        "\"A:B\"",
        "",
    ),
];

#[test]
fn every_form_of_a_claim_is_read() {
    for lines in GOOD {
        let config = read(&claim(lines)).unwrap_or_else(|mistake| panic!("{lines}: {mistake}"));
        assert_eq!(config.assertions.len(), 1, "{lines}");
    }
}

#[test]
fn a_wrong_claim_is_refused_with_its_place_and_a_remedy() {
    for (lines, message, part, help) in BAD {
        let (told, marked, remedy) = wrong(&claim(lines));
        assert!(told.contains(message), "{lines}\n  says {told}");
        assert_eq!(&marked, part, "{lines}");
        assert!(remedy.unwrap_or_default().contains(help), "{lines}");
    }
}

#[test]
fn a_wildcard_of_actions_is_spelled_out_by_the_catalogue() {
    let config =
        read(&claim("never = [\"any\"]\ncan = [\"lambda:invokefunction*\"]\non = [\"any\"]")).expect("good");
    let Some(Claim::Can { calls, .. }) = config.assertions.first().map(|one| one.claim.clone()) else {
        panic!("can")
    };
    let names: Vec<String> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]);
}

#[test]
fn an_action_that_is_newer_than_the_catalogue_is_taken_where_nothing_need_match() {
    let lines = "never = [\"any\"]\ncan = [\"lambda:FoldPaper\"]\non = [\"any\"]";
    assert!(read(&claim(lines)).is_err());
    assert!(read(&claim(&format!("{lines}\nmay_be_empty = true"))).is_ok());
}

#[test]
fn a_waiver_has_a_claim_a_reason_and_a_day() {
    let with =
        |waiver: &str| format!("{}[[waive]]\n{waiver}\n", claim("never = [\"any\"]\nreach = [\"any\"]"));
    assert!(read(&with("assert = \"a\"\nreason = \"r\"\nexpires = 2027-01-31")).is_ok());
    for (waiver, message, part) in [
        ("assert = \"b\"\nreason = \"r\"\nexpires = 2027-01-31", "no assertion `b`", "\"b\""),
        ("assert = \"a\"\nexpires = 2027-01-31", "missing field `reason`", ""),
        ("assert = \"a\"\nreason = \" \"\nexpires = 2027-01-31", "needs a reason", "\" \""),
        (
            "assert = \"a\"\nreason = \"r\"\nexpires = \"2027-01-31\"",
            "expected a TOML datetime",
            "\"2027-01-31\"",
        ),
        ("assert = \"a\"\nreason = \"r\"\nexpires = 2027-02-30", "day", ""),
        (
            "assert = \"a\"\nreason = \"r\"\nexpires = 2027-01-31T00:00:00Z",
            "expected a day",
            "2027-01-31T00:00:00Z",
        ),
    ] {
        let (told, marked, _) = wrong(&with(waiver));
        assert!(told.contains(message), "{waiver}\n  says {told}");
        assert!(part.is_empty() || marked == part, "{waiver} marks {marked}");
    }
}

#[test]
fn accounts_are_twelve_digits_in_quotes_and_the_version_is_one() {
    assert!(wrong("version = 2\n").0.contains("version 1"));
    assert!(wrong("").0.contains("missing field `version`"));
    assert!(wrong("version = 1\n[world]\nours = [\"1111\"]\n").0.contains("twelve digits"));
    assert!(read("version = 1\n[world]\nours = [011122223333]\n").is_err());
    assert!(wrong("version = 1\n[inputs]\ntoday = \"tomorrow\"\n").0.contains("is no day"));
    let dated = read("version = 1\n[inputs]\ntoday = 2027-01-31\n").expect("good");
    assert_eq!(dated.inputs.today.map(|day| day.to_string()).as_deref(), Some("2027-01-31"));
}

#[test]
fn two_claims_of_one_name_are_refused() {
    let one = claim("never = [\"any\"]\nreach = [\"any\"]");
    let twice = format!("{one}{}", one.trim_start_matches(HEAD));
    assert!(wrong(&twice).0.contains("two assertions `a`"));
}

/// The file as JSON, dates as text
fn as_json(text: &str) -> serde_json::Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).expect("TOML")).expect("JSON")
}

#[test]
fn the_schema_for_editors_takes_what_the_reader_takes() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for lines in GOOD {
        let errors: Vec<String> =
            validator.iter_errors(&as_json(&claim(lines))).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{lines}: {errors:?}");
    }
    // What only the reader knows: selectors, actions, sets, edges, keys that exclude each other.
    let refused = BAD.iter().filter(|(lines, ..)| !validator.is_valid(&as_json(&claim(lines)))).count();
    assert!(refused >= 10, "the schema refuses {refused} of {}", BAD.len());
}

#[test]
fn the_schema_and_the_reader_have_the_same_keys() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
    let keys = |pointer: &str| -> BTreeSet<String> {
        let object = schema.pointer(pointer).and_then(|value| value.as_object()).expect(pointer);
        object.keys().cloned().collect()
    };
    let known = |text: &str| -> BTreeSet<String> {
        let message = read(text).expect_err(text).message;
        assert!(message.contains("unknown field"), "{message}");
        message.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(keys("/properties"), known("version = 1\nzzz = 1\n"));
    assert_eq!(keys("/properties/inputs/properties"), known("version = 1\n[inputs]\nzzz = 1\n"));
    assert_eq!(keys("/properties/world/properties"), known("version = 1\n[world]\nzzz = 1\n"));
    assert_eq!(keys("/$defs/assertion/properties"), known("version = 1\n[[assert]]\nzzz = 1\n"));
    assert_eq!(keys("/$defs/waiver/properties"), known("version = 1\n[[waive]]\nzzz = 1\n"));
}
