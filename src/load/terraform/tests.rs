//! Whole configurations in memory, and what their instances are.

mod inputs;

use std::collections::BTreeMap;

use crate::cause::CauseKind;
use crate::load::fs::Files;
use crate::load::terraform::Terraform;
use crate::load::terraform::instance::{Configuration, Instance};
use crate::load::{Options, json};
use crate::node::{Node, Origin, Value};
use crate::problem::{ProblemKind, Problems};
use crate::source::Sources;

pub(super) struct Read {
    configuration: Configuration,
    sources: Sources,
    /// Kind, path and line of each problem
    problems: Vec<(ProblemKind, String)>,
}

/// Every root among the inputs
fn evaluate(
    files: &Files,
    inputs: &[String],
    options: &Options,
) -> (Vec<(String, Configuration)>, Sources, Problems) {
    let (terraform, mut problems) = Terraform::new(files, inputs, options, Sources::default());
    let mut all = Vec::new();
    for root in terraform.roots() {
        let (configuration, found) = terraform.evaluate(root);
        problems.append(found);
        all.push((root.folder.clone(), configuration));
    }
    let (sources, found, _) = terraform.finish();
    problems.append(found);
    (all, sources, problems)
}

fn read_with(texts: &[(&str, &str)], options: &Options) -> Read {
    let files = texts.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let (mut all, sources, mut problems) = evaluate(&Files::Memory(files), &[String::new()], options);
    problems.settle();
    let problems = problems
        .iter()
        .map(|problem| {
            let place = problem.span.map(|span| sources.place(span).to_string());
            (problem.kind, place.or_else(|| problem.path.clone()).unwrap_or_default())
        })
        .collect();
    Read { configuration: all.remove(0).1, sources, problems }
}

pub(super) fn read(text: &str) -> Read {
    read_with(&[("main.tf", text)], &Options::default())
}

impl Read {
    pub(super) fn instance(&self, address: &str) -> &Instance {
        let found = self.configuration.instances.iter().find(|instance| instance.address == address);
        found.unwrap_or_else(|| panic!("no {address} in {:?}", self.addresses()))
    }

    fn addresses(&self) -> Vec<&str> {
        self.configuration.instances.iter().map(|instance| instance.address.as_str()).collect()
    }

    fn at(&self, address: &str, attribute: &str) -> String {
        self.instance(address).get(attribute).map_or_else(|| "(nothing)".to_owned(), show)
    }
}

/// A value as people read it
fn show(node: &Node) -> String {
    super::notes::describe(node)
}

/// The value of an expression
pub(super) fn value(expression: &str) -> String {
    let text = format!("variable \"env\" {{}}\nresource \"t\" \"n\" {{\n  x = {expression}\n}}\n");
    read(&text).at("t.n", "x")
}

#[test]
fn expressions_are_decided_as_far_as_they_can_be() {
    for (expression, expected) in [
        ("1 + 2 * 3", "7"),
        ("-(2)", "-2"),
        ("10 / 4", "2.5"),
        ("!true || false", "false"),
        ("1 == 1 ? \"a\" : \"b\"", "\"a\""),
        ("var.env == \"x\" ? 1 : 1", "1"),
        ("var.env == \"x\" ? 1 : 2", "var.env == \"x\" ? 1 : 2"),
        ("var.env == \"x\" || true", "true"),
        ("\"a-${var.env}-b\"", "\"a-${var.env}-b\""),
        ("\"a-${var.env}\" == \"b-x\"", "false"),
        ("\"${[1, 2]}\"", "[1, 2]"),
        ("\"%{if 1 > 2}a%{else}b%{endif}\"", "\"b\""),
        ("\"%{for x in [1, 2]}<${x}>%{endfor}\"", "\"<1><2>\""),
        ("\"a%{if var.env}b%{endif}\"", "\"a${%{if var.env}}\""),
        ("[for x in [\"a\", \"b\"] : upper(x) if x != \"a\"]", "[\"B\"]"),
        ("{for k, v in {a = 1} : v => k}", "{\"1\" = \"a\"}"),
        ("{for x in [\"a\", \"b\"] : \"k\" => x...}", "{\"k\" = [\"a\", \"b\"]}"),
        ("[{a = 1}, {a = 2}][*].a", "[1, 2]"),
        ("[1, var.env, 3]", "[1, var.env, 3]"),
        ("{(var.env) = 2, a = 1}", "{var.env = 2, \"a\" = 1}"),
        ("var.env.x[0]", "var.env.x[0]"),
        ("terraform.workspace", "terraform.workspace"),
        ("\"$${aws:username}\"", "\"$${aws:username}\""),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn functions_keep_what_is_known() {
    for (expression, expected) in [
        ("try(var.env.a, \"x\")", "try(var.env.a, \"x\")"),
        ("try({}.a, \"x\")", "\"x\""),
        ("can({}.a)", "false"),
        ("can({a = 1}.a)", "true"),
        ("lookup({a = 1}, \"b\", 2)", "2"),
        ("merge({a = 1}, {a = 2, b = 3})", "{\"a\" = 2, \"b\" = 3}"),
        ("merge(var.env, {b = 3}).b", "3"),
        ("length([1, 2])", "2"),
        ("contains([\"a\", var.env], \"a\")", "true"),
        ("contains([\"a\", var.env], \"b\")", "contains([\"a\", var.env], \"b\")"),
        ("coalesce(null, \"\", \"x\")", "\"x\""),
        ("join(\"-\", [\"a\", var.env])", "\"a-${var.env}\""),
        ("replace(\"a.${var.env}\", \".\", \"-\")", "\"a-${replace(var.env, \".\", -)}\""),
        ("element([\"a\", \"b\"], 3)", "\"b\""),
        ("concat([1], [2])", "[1, 2]"),
        ("format(\"%s-%d%%\", var.env, 3)", "\"${var.env}-3%\""),
        ("formatlist(\"%s/*\", [\"a\", \"b\"])", "[\"a/*\", \"b/*\"]"),
        ("substr(\"hello\", 1, 3)", "\"ell\""),
        ("flatten([[1], [[2]]])", "[1, 2]"),
        ("compact([\"a\", \"\", null])", "[\"a\"]"),
        ("distinct([\"a\", \"a\"])", "[\"a\"]"),
        ("split(\",\", \"a,b\")", "[\"a\", \"b\"]"),
        ("toset([\"b\", \"a\", \"b\"])", "[\"a\", \"b\"]"),
        ("keys({b = 1, a = 2})", "[\"a\", \"b\"]"),
        ("one([])", "(nothing)"),
        ("trimprefix(\"https://${var.env}\", \"https://\")", "var.env"),
        ("trimprefix(var.env, \"https://\")", "trimprefix(var.env, \"https://\")"),
        ("startswith(\"a${var.env}\", \"b\")", "false"),
        ("range(3)", "[0, 1, 2]"),
        ("zipmap([\"a\"], [1])", "{\"a\" = 1}"),
        ("basename(\"a/b.zip\")", "\"b.zip\""),
        ("title(\"hello world\")", "\"Hello World\""),
        ("jsondecode(\"{\\\"a\\\": [1]}\").a[0]", "1"),
        ("md5(var.env)", "md5(var.env)"),
        ("\"-${sha256(var.env)}\"", "\"-${sha256(var.env)}\""),
        ("cidrsubnet(var.env, 4, 2)", "cidrsubnet(var.env, 4, 2)"),
        ("yamldecode(var.env).a", "yamldecode(var.env).a"),
        ("timeadd(var.env, \"1h\")", "timeadd(var.env, \"1h\")"),
        ("filesha256(\"none.zip\")", "filesha256(\"none.zip\")"),
        ("fileset(var.env, \"*\")", "fileset(var.env, \"*\")"),
        ("max(1, 3, 2)", "3"),
        ("concat([1], [2, 3]...)", "concat([1], 2, 3)"),
        ("concat([\"a\"], var.env)", "[\"a\", any number of var.env]"),
        ("length(concat([\"a\"], var.env))", "length([\"a\", any number of var.env])"),
        ("concat([\"a\"], var.env)[0]", "\"a\""),
        ("concat([\"a\"], var.env)[1]", "[\"a\", any number of var.env][1]"),
        ("contains(concat([\"a\"], var.env), \"a\")", "true"),
        ("flatten([\"a\", var.env, [\"b\"]])", "[\"a\", any number of var.env, \"b\"]"),
        (
            "[for x in concat([\"a\"], var.env) : upper(x)]",
            "[\"A\", any number of for over [\"a\", any number of var.env]]",
        ),
        ("[for x in [\"a\", \"b\"] : x if var.env]", "[any number of \"a\", any number of \"b\"]"),
        ("var.env ? [\"a\", \"b\"] : [\"a\"]", "[\"a\", any number of var.env ? [\"a\", \"b\"] : [\"a\"]]"),
        ("distinct([\"a\", \"a\", \"${var.env}z\"])", "[\"a\", \"${var.env}z\"]"),
        ("compact([\"a\", var.env])", "[\"a\", any number of var.env]"),
        ("regex(\"[a-z]+\", \"12ab3\")", "\"ab\""),
        ("regex(\"(\\\\d)(x)?\", \"1\")", "[\"1\", null]"),
        ("regex(\"^(?P<a>.*)-\", \"x-y\").a", "\"x\""),
        ("regexall(\"[a-z]\", \"a1b\")", "[\"a\", \"b\"]"),
        ("try(regex(\"z\", \"a\"), \"none\")", "\"none\""),
        ("replace(\"a1b2\", \"/[0-9]/\", \"\")", "\"ab\""),
        ("setproduct([1, 2], [\"a\"])", "[[1, \"a\"], [2, \"a\"]]"),
        ("setsubtract([\"a\", \"b\"], [\"a\"])", "[\"b\"]"),
        ("setintersection([\"a\", \"b\"], [\"b\", \"c\"])", "[\"b\"]"),
        ("setsubtract([\"a\"], [var.env])", "setsubtract([\"a\"], [var.env])"),
        ("chunklist([1, 2, 3], 2)", "[[1, 2], [3]]"),
        ("base64encode(\"hello\")", "\"aGVsbG8=\""),
        ("base64decode(\"aGVsbG8=\")", "\"hello\""),
        ("urlencode(\"a b/ü\")", "\"a+b%2F%C3%BC\""),
        ("strrev(\"abc\")", "\"cba\""),
        ("sum([1, 2.5])", "3.5"),
        ("parseint(\"ff\", 16)", "255"),
        ("transpose({a = [\"x\", \"y\"], b = [\"y\"]})", "{\"x\" = [\"a\"], \"y\" = [\"a\", \"b\"]}"),
        ("indent(2, \"a\\nb\")", "\"a\\n  b\""),
        ("matchkeys([1, 2], [\"a\", \"b\"], [\"b\"])", "[2]"),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn what_is_not_understood_is_one_problem_and_unknown() {
    let read = read("resource \"t\" \"n\" {\n  x = [1, no_such(2)]\n  y = {}.a\n}\n");
    assert_eq!(read.at("t.n", "x"), "[1, no_such(2)]");
    assert_eq!(
        read.problems,
        [(ProblemKind::NotUnderstood, "main.tf:2".into()), (ProblemKind::NotUnderstood, "main.tf:3".into())]
    );
}

#[test]
fn a_reference_to_nothing_is_undeclared_once() {
    let read = read("resource \"t\" \"n\" {\n  x = var.a\n  y = var.a\n  z = aws_x.y.arn\n}\n");
    assert_eq!(read.at("t.n", "x"), "var.a");
    assert_eq!(read.at("t.n", "z"), "aws_x.y.arn");
    assert_eq!(
        read.problems,
        [(ProblemKind::Undeclared, "main.tf:2".into()), (ProblemKind::Undeclared, "main.tf:4".into())]
    );
}

#[test]
fn a_policy_made_by_jsonencode_keeps_the_lines_of_its_statements() {
    let read = read(
        "variable \"b\" {}\nresource \"t\" \"n\" {\n  policy = jsonencode({\n    Statement = [\n      {\n        Sid = \"A\"\n      },\n      {\n        Sid = \"x${var.b}\"\n        Resource = var.b\n      },\n    ]\n  })\n}\n",
    );
    let node = read.instance("t.n").get("policy").expect("a policy");
    let (document, problems) = json::read(&node.as_text().expect("text"), node.span, &node.origin);
    assert!(problems.is_empty(), "{problems:?}");
    let document = document.expect("JSON");
    let Some(Node { value: Value::List(statements), .. }) = document.get("Statement") else {
        panic!("a list")
    };
    let line = |node: &Node| read.sources.place(node.span).line;
    assert_eq!(statements.iter().map(line).collect::<Vec<_>>(), [5, 8]);
    assert_eq!(statements[1].get("Sid").map(show).as_deref(), Some("\"x${var.b}\""));
    assert_eq!(statements[1].get("Resource").map(show).as_deref(), Some("var.b"));
    assert_eq!(statements[1].get("Sid").map(line), Some(9));
    let last = read.sources.lines(statements[1].span);
    assert_eq!((last.first().map(|l| l.0), last.last().map(|l| l.0)), (Some(8), Some(11)));
}

#[test]
fn a_heredoc_keeps_its_lines() {
    let read = read(
        "variable \"b\" {}\nresource \"t\" \"n\" {\n  policy = <<-JSON\n    {\n      \"a\": \"x${var.b}y\",\n      \"b\": [\n        1\n      ]\n    }\n  JSON\n}\n",
    );
    let node = read.instance("t.n").get("policy").expect("a policy");
    assert!(matches!(node.origin, Origin::Runs(_)));
    let (document, problems) = json::read(&node.as_text().expect("text"), node.span, &node.origin);
    assert!(problems.is_empty(), "{problems:?}");
    let document = document.expect("JSON");
    let place = |key: &str| document.get(key).map(|node| read.sources.place(node.span)).expect("a place");
    assert_eq!((place("a").line, place("a").column), (5, 12));
    assert_eq!((place("b").line, place("b").column), (6, 12));
    assert_eq!(document.get("a").map(show).as_deref(), Some("\"x${var.b}y\""));
}

#[test]
fn local_modules_are_read_and_their_defaults_are_certain() {
    let read = read_with(
        &[
            (
                "main.tf",
                "module \"m\" {\n  source = \"./m\"\n  name = \"a\"\n}\nresource \"t\" \"n\" {\n  x = module.m.full\n  y = module.m.id\n}\n",
            ),
            (
                "m/main.tf",
                "variable \"name\" {}\nvariable \"on\" { default = false }\nvariable \"free\" {}\nresource \"s\" \"o\" {\n  name = var.name\n  free = var.free\n}\nresource \"s\" \"p\" { count = var.on ? 1 : 0 }\noutput \"full\" { value = \"${var.name}-x\" }\noutput \"id\" { value = s.o.id }\n",
            ),
        ],
        &Options::default(),
    );
    assert_eq!(read.addresses(), ["module.m.s.o", "t.n"]);
    assert_eq!(read.at("t.n", "x"), "\"a-x\"");
    assert_eq!(read.at("t.n", "y"), "module.m.s.o.id");
    assert_eq!(read.at("module.m.s.o", "free"), "module.m.var.free");
    assert_eq!(read.problems, []);
    assert_eq!(read.configuration.assumptions, []);
}

#[test]
fn an_absent_module_is_named_once_and_its_outputs_are_holes() {
    let read = read(
        "module \"m\" {\n  source = \"terraform-aws-modules/x/aws\"\n}\nresource \"t\" \"n\" {\n  x = module.m.arn\n  y = module.m.arn\n}\n",
    );
    assert_eq!(read.at("t.n", "x"), "module.m.arn");
    assert_eq!(read.problems, [(ProblemKind::ModuleAbsent, "main.tf:1".into())]);
    assert_eq!(read.configuration.absent_modules[0].address, "module.m");
}

#[test]
fn count_and_for_each_are_expanded_where_they_are_known() {
    let read = read(
        "variable \"n\" {}\nresource \"t\" \"c\" {\n  count = 2\n  x = count.index\n}\nresource \"t\" \"e\" {\n  for_each = { a = 1, b = 2 }\n  x = \"${each.key}${each.value}\"\n}\nresource \"t\" \"u\" { count = var.n }\nresource \"t\" \"z\" { count = 0 }\nresource \"r\" \"r\" {\n  a = t.c[1].x\n  b = t.e[\"b\"].x\n  c = t.c[*].x\n  d = t.u[0].id\n  e = one(t.u[*].id)\n  f = try(t.u[0].id, \"\")\n  g = [for v in t.e : v.x]\n  h = try(t.z[0].id, \"none\")\n}\n",
    );
    assert_eq!(read.addresses(), ["r.r", "t.c[0]", "t.c[1]", "t.e[\"a\"]", "t.e[\"b\"]", "t.u[\"?\"]"]);
    let all: Vec<String> = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| read.at("r.r", name)).into();
    assert_eq!(
        all,
        [
            "1",
            "\"b2\"",
            "[0, 1]",
            "t.u[\"?\"].id",
            "one(t.u[*].id)",
            "try(t.u[\"?\"].id, \"\")",
            "[\"a1\", \"b2\"]",
            "\"none\""
        ]
    );
    assert_eq!(read.instance("t.u[\"?\"]").doubts[0].kind, CauseKind::Hole);
}

#[test]
fn none_under_a_default_of_the_root_is_one_in_doubt() {
    let text = "variable \"on\" {\n  default = false\n}\nlocals {\n  n = var.on ? 1 : 0\n}\nresource \"t\" \"n\" {\n  count = local.n\n}\n";
    let read = read(text);
    assert_eq!(read.addresses(), ["t.n[0]"]);
    let doubt = &read.instance("t.n[0]").doubts[0];
    assert_eq!((doubt.kind, doubt.what.as_str()), (CauseKind::Default, "var.on"));
    assert_eq!(read.configuration.assumptions[0].text, "var.on has its default");
    let options = Options { vars: vec![("on".into(), "false".into())], ..Options::default() };
    assert_eq!(read_with(&[("main.tf", text)], &options).addresses(), Vec::<&str>::new());
}

#[test]
fn dynamic_blocks_are_expanded_where_they_are_known() {
    let read = read(
        "variable \"l\" {}\nresource \"t\" \"n\" {\n  dynamic \"rule\" {\n    for_each = [\"a\", \"b\"]\n    content {\n      x = rule.value\n    }\n  }\n  rule {\n    x = \"c\"\n  }\n  dynamic \"open\" {\n    for_each = var.l\n    content {}\n  }\n}\n",
    );
    assert_eq!(read.at("t.n", "rule"), "[{\"x\" = \"a\"}, {\"x\" = \"b\"}, {\"x\" = \"c\"}]");
    assert_eq!(read.at("t.n", "open"), "[dynamic open over var.l]");
    assert_eq!(read.problems, [(ProblemKind::NotUnderstood, "main.tf:12".into())]);
}

#[test]
fn the_account_and_region_come_from_the_provider_or_a_flag() {
    let text = "provider \"aws\" {\n  region = \"eu-west-1\"\n  allowed_account_ids = [\"111122223333\"]\n}\nprovider \"aws\" {\n  alias = \"china\"\n  region = \"cn-north-1\"\n  assume_role {\n    role_arn = \"arn:aws-cn:iam::444455556666:role/x\"\n  }\n}\ndata \"aws_caller_identity\" \"c\" {}\nresource \"t\" \"a\" { x = data.aws_caller_identity.c.account_id }\nresource \"t\" \"b\" { provider = aws.china }\nmodule \"m\" {\n  source = \"./m\"\n  providers = { aws = aws.china }\n}\n";
    let read = read_with(
        &[("main.tf", text), ("m/main.tf", "resource \"t\" \"n\" {}\n")],
        &Options { account: Some("999999999999".into()), ..Options::default() },
    );
    let ambient = |address: &str| {
        let ambient = &read.instance(address).ambient;
        format!("{} {} {}", ambient.partition, ambient.region, ambient.account)
    };
    assert_eq!(ambient("t.a"), "aws eu-west-1 111122223333");
    assert_eq!(ambient("t.b"), "aws-cn cn-north-1 444455556666");
    assert_eq!(ambient("module.m.t.n"), "aws-cn cn-north-1 444455556666");
    assert_eq!(read.at("t.a", "x"), "\"111122223333\"");
    let text = &read.configuration.assumptions[0].text;
    assert_eq!(text, "account 111122223333, from allowed_account_ids of provider aws");
}

#[test]
fn an_account_that_nobody_names_is_a_hole() {
    let read = read("resource \"t\" \"a\" {}\n");
    let ambient = &read.instance("t.a").ambient;
    assert_eq!(ambient.account.as_hole().map(crate::text::Hole::name), Some("account"));
    assert_eq!(ambient.region.as_hole().map(crate::text::Hole::name), Some("region"));
    assert_eq!(ambient.partition.as_literal(), Some("aws"));
}

#[test]
fn files_are_read_inside_the_named_folder_only() {
    let files = [
        (
            "in/main.tf",
            "resource \"t\" \"n\" {\n  a = file(\"${path.module}/p.json\")\n  b = templatefile(\"t.tpl\", { who = \"x\" })\n  c = file(\"../secret\")\n}\n",
        ),
        ("in/p.json", "{\n}"),
        ("in/t.tpl", "hello ${who}\n%{ for x in [1, 2] ~}\n- ${x}\n%{ endfor ~}\n"),
        ("secret", "s"),
    ];
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(p, t)| ((*p).to_owned(), t.as_bytes().to_vec())).collect();
    let (all, sources, problems) = evaluate(&Files::Memory(files), &["in".to_owned()], &Options::default());
    let instance = &all[0].1.instances[0];
    assert_eq!(instance.get("a").map(show).as_deref(), Some("\"{\\n}\""));
    assert_eq!(instance.get("b").map(show).as_deref(), Some("\"hello x\\n- 1\\n- 2\\n\""));
    assert_eq!(instance.get("c").map(show).as_deref(), Some("file(\"../secret\")"));
    let places: Vec<String> =
        problems.iter().filter_map(|p| Some(sources.place(p.span?).to_string())).collect();
    assert_eq!(places, ["in/main.tf:4"]);
}

#[test]
fn files_are_listed_and_hashed_inside_the_named_folder_only() {
    let main = "resource \"t\" \"n\" {\n  a = fileset(path.module, \"p/**/*.{json,yml}\")\n  \
                b = [for f in fileset(\"p\", \"*.json\") : jsondecode(file(\"p/${f}\")).x]\n  \
                c = fileset(\"..\", \"*\")\n  d = [fileexists(\"p/a.json\"), fileexists(\"none\"), fileexists(\"../secret\")]\n  \
                e = filemd5(\"p/a.json\")\n  f = filemd5(\"../secret\")\n  g = fileset(\"none\", \"*\")\n  \
                h = fileset(\"p\", \"[\")\n}\n";
    let files = [
        ("in/main.tf", main),
        ("in/p/a.json", "{\"x\": 1}"),
        ("in/p/q/b.yml", ""),
        ("in/p/q/c.txt", ""),
        ("secret", "s"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let (all, sources, problems) =
        evaluate(&Files::Memory(files.into()), &["in".to_owned()], &Options::default());
    let instance = &all[0].1.instances[0];
    let shown = |name: &str| instance.get(name).map(show).unwrap_or_default();
    assert_eq!(shown("a"), "[\"p/a.json\", \"p/q/b.yml\"]");
    assert_eq!(shown("b"), "[1]");
    assert_eq!(shown("c"), "fileset(\"..\", \"*\")");
    assert_eq!(shown("d"), "[true, false, fileexists(\"../secret\")]");
    assert_eq!(shown("e"), "\"27958648a9e57fcd66ae5e31ff3359e9\"");
    assert_eq!(shown("f"), "filemd5(\"../secret\")");
    assert_eq!((shown("g").as_str(), shown("h").as_str()), ("[]", "fileset(\"p\", \"[\")"));
    let places: Vec<String> =
        problems.iter().filter_map(|p| Some(sources.place(p.span?).to_string())).collect();
    assert_eq!(places, ["in/main.tf:4"]);
}

#[test]
fn a_name_with_a_prefix_is_the_same_however_it_is_referred_to() {
    let read = read(
        "resource \"aws_iam_role\" \"r\" {\n  name_prefix = \"exec-\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  \
         bucket_prefix = \"b-\"\n}\nresource \"t\" \"n\" {\n  x = [aws_iam_role.r.name, aws_iam_role.r.id]\n  \
         y = [aws_s3_bucket.b.bucket, aws_s3_bucket.b.id]\n}\n",
    );
    let (name, bucket) = ("\"exec-${aws_iam_role.r.name}\"", "\"b-${aws_s3_bucket.b.bucket}\"");
    assert_eq!(read.at("t.n", "x"), format!("[{name}, {name}]"));
    assert_eq!(read.at("t.n", "y"), format!("[{bucket}, {bucket}]"));
}

#[test]
fn data_sources_that_only_compute_are_computed() {
    let read = read(
        "data \"aws_arn\" \"a\" {\n  arn = \"arn:aws:s3:::x/y\"\n}\ndata \"aws_service_principal\" \"l\" {\n  \
         service_name = \"lambda\"\n}\nresource \"t\" \"n\" {\n  \
         x = [data.aws_arn.a.resource, data.aws_arn.a.service, data.aws_service_principal.l.name]\n}\n",
    );
    assert_eq!(read.at("t.n", "x"), "[\"x/y\", \"s3\", \"lambda.amazonaws.com\"]");
}

#[test]
fn a_text_is_a_template_with_the_names_it_is_given() {
    let read = read(
        "locals {\n  t = \"a-$${x}-%%{ if y }b%%{ endif }\"\n}\nresource \"t\" \"n\" {\n  \
         x = templatestring(local.t, { x = 1, y = true })\n  y = templatestring(local.t, { y = false })\n}\n",
    );
    assert_eq!(read.at("t.n", "x"), "\"a-1-b\"");
    assert_eq!(read.at("t.n", "y"), "\"a-${x}-\"");
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn what_needs_itself_is_unknown_and_one_problem() {
    let read = read("locals {\n  a = local.b\n  b = local.a\n}\nresource \"t\" \"n\" { x = [1, local.a] }\n");
    assert_eq!(read.at("t.n", "x"), "[1, local.a]");
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn locals_that_double_end_at_a_limit() {
    let mut text = String::from("locals {\n  a0 = \"xxxxxxxx\"\n");
    for n in 1..60 {
        text.push_str(&format!("  a{n} = \"${{local.a{}}}${{local.a{}}}\"\n", n - 1, n - 1));
    }
    text.push_str("}\nresource \"t\" \"n\" { x = local.a59 }\n");
    let kinds = read(&text).problems;
    assert!(kinds.iter().any(|(kind, _)| *kind == ProblemKind::Limit), "{kinds:?}");
}

#[test]
fn a_long_way_of_references_ends_at_a_limit() {
    let mut text = String::from("locals {\n  a0 = 1\n");
    for n in 1..5000 {
        text.push_str(&format!("  a{n} = [local.a{}]\n", n - 1));
    }
    text.push_str("}\nresource \"t\" \"n\" { x = local.a4999 }\n");
    let kinds = read(&text).problems;
    assert!(kinds.iter().any(|(kind, _)| *kind == ProblemKind::Limit), "{kinds:?}");
}

#[test]
fn values_of_variables_lie_beside_the_configuration() {
    let text = "variable \"a\" { default = 1 }\nvariable \"b\" { type = number }\nvariable \"c\" { type = object({ x = optional(string, \"d\") }) }\nresource \"t\" \"n\" {\n  x = [var.a, var.b, var.c.x]\n}\n";
    let read = read_with(
        &[("main.tf", text), ("terraform.tfvars", "a = 2\nb = \"3\"\n"), ("x.auto.tfvars", "a = 4\n")],
        &Options { vars: vec![("c".into(), "{}".into())], ..Options::default() },
    );
    assert_eq!(read.at("t.n", "x"), "[4, 3, \"d\"]");
}

#[test]
fn a_reference_into_a_block_that_does_not_parse_costs_no_second_problem() {
    let read = read("resource \"t\" \"bad\" {\n  x = = 1\n}\nresource \"t\" \"n\" {\n  y = t.bad.id\n}\n");
    assert_eq!(read.at("t.n", "y"), "t.bad.id");
    assert_eq!(read.problems, [(ProblemKind::Syntax, "main.tf:2".into())]);
}

#[test]
fn memory_and_disk_give_the_same() {
    macro_rules! shop {
        ($($path:literal),*) => {
            [$(($path, include_str!(concat!("../../../corpus/worlds/shop/", $path)))),*]
        };
    }
    let texts = shop![
        "data.tf",
        "functions.tf",
        "main.tf",
        "modules/bucket/main.tf",
        "modules/function/main.tf",
        "people.tf",
        "triggers.tf"
    ];
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/worlds/shop").to_owned();
    let (disk, ..) = evaluate(&Files::Disk, &[root], &Options::default());
    let memory = read_with(&texts, &Options::default()).configuration;
    assert_eq!(format!("{:?}", disk[0].1.instances), format!("{:?}", memory.instances));
}

/// Each world of the corpus with the problems that loading alone finds
#[test]
fn the_worlds_of_the_corpus_load_with_the_problems_they_are_for() {
    let worlds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/worlds");
    for (world, kinds, instances) in [
        ("shop", vec![], 75),
        ("article", vec![], 10),
        ("article-loose", vec![], 10),
        ("bad-not-text", vec![ProblemKind::Unreadable], 4),
        ("bad-hcl-block", vec![ProblemKind::Syntax], 4),
        ("bad-absent-module", vec![ProblemKind::ModuleAbsent], 5),
        ("bad-heredoc-json", vec![], 6),
    ] {
        let folder = worlds.join(world).to_string_lossy().into_owned();
        let (all, _, problems) = evaluate(&Files::Disk, &[folder], &Options::default());
        let found: Vec<ProblemKind> = problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(found, kinds, "{world}: {problems:?}");
        assert_eq!(all.len(), 1, "{world}");
        assert_eq!(all[0].1.instances.len(), instances, "{world}");
    }
}

#[test]
fn chains_of_resources_blocks_and_modules_end_at_a_limit() {
    let mut chain = String::from("resource \"t\" \"r0\" {}\n");
    for n in 1..1000 {
        let before = n - 1;
        chain.push_str(&format!(
            "resource \"t\" \"r{n}\" {{\n  a {{\n    b {{\n      x = jsonencode({{ k = [for v in [1] : \"a${{try(t.r{before}.a[0].b[0].x, 1)}}\"] }})\n    }}\n  }}\n}}\n"
        ));
    }
    // The last by name is evaluated first: it needs all the others
    chain.push_str("resource \"a\" \"a\" { x = t.r999.a }\n");
    let kinds = read(&chain).problems;
    assert!(kinds.iter().any(|(kind, _)| *kind == ProblemKind::Limit), "{kinds:?}");

    let mut texts = vec![(
        "main.tf".to_owned(),
        "module \"m\" { source = \"./m1\" }\nresource \"a\" \"a\" { x = module.m.o }\n".to_owned(),
    )];
    for n in 1..300 {
        let (path, below) = (format!("m{n}/main.tf"), n + 1);
        let text = format!(
            "variable \"v\" {{ default = 1 }}\nmodule \"m\" {{\n  source = \"../m{below}\"\n  v = var.v\n}}\noutput \"o\" {{ value = module.m.o }}\n"
        );
        texts.push((path, text));
    }
    texts.push((
        "m300/main.tf".to_owned(),
        "variable \"v\" {}\noutput \"o\" { value = var.v }\nresource \"t\" \"n\" {\n  x = var.v\n}\n"
            .to_owned(),
    ));
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let kinds = read_with(&texts, &Options::default()).problems;
    assert_eq!(kinds, [(ProblemKind::ModuleAbsent, "m32/main.tf:2".into())]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "resource \"t\" \"n\" {\n", "}\n", "x = ", "[", "]", "{", "}", "(", ")", "\"", "${", "%{if ", "%{endif}",
                "%{for x in ", "var.a", "local.x", "\nlocals {\n", "count = ", "for_each = ", "t.n", ".x", "[0]", "[*]", "<<-E\n",
                "\nE\n", "jsonencode(", "try(", "for x in ", " : ", " => ", "1", "\n", " ", ",", "=", "?", "module \"m\" {\n",
                "concat([\"a\"], var.a)", "{ for k in ", "distinct(", "flatten(", "regex(\"a\", ", "a = 1, a = 2",
                "source = \"./\"", "dynamic \"b\" {\n", "content {\n", "each.key", "~", "\\", "é",
            ]),
            0..40,
        )
    ) {
        let _ = read_with(&[("main.tf", &parts.concat())], &Options::default());
    }

    #[test]
    fn no_json_makes_it_panic(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "{", "}", "[", "]", "\"resource\": {\"t\": {\"n\": {", "}}}", "\"variable\": ", "\"x\": ", "\"", ",",
                "\"${var.a}\"", "\"${f(\\\"y\\\")}\"", "\"dynamic\": ", "\"content\": ", "\"//\": ", "1", "null", "\\n", "\\",
                "${", "%{", "}", "é", "\\u00e9", "\n", " ",
            ]),
            0..30,
        )
    ) {
        let text = parts.concat();
        let files = [("a.tf.json", text.as_str()), ("b.auto.tfvars.json", &text), ("main.tf", "variable \"x\" {}\n")];
        let _ = read_with(&files, &Options::default());
        let closed = format!("{{\"resource\": {{\"t\": {{\"n\": {text}}}}}}}");
        let _ = read_with(&[("a.tf.json", closed.as_str())], &Options::default());
    }
}

#[test]
fn a_scalar_stands_where_it_is_referred_to_and_a_list_where_it_is_written() {
    let read = read(
        "locals {\n  a = \"x\"\n  b = [\n    1,\n  ]\n}\nresource \"t\" \"n\" {\n  a = local.a\n  b = local.b\n}\n",
    );
    let line = |name: &str| read.instance("t.n").get(name).map(|node| read.sources.place(node.span).line);
    assert_eq!((line("a"), line("b")), (Some(8), Some(3)));
}

#[test]
fn a_key_that_is_not_known_may_be_one_that_is_there() {
    assert_eq!(value("{a = 1, (var.env) = 2}.a"), "a or \u{27e8}var.env\u{27e9}");
    assert_eq!(value("{a = 1, \"b${var.env}\" = 2}.a"), "1");
}

#[test]
fn a_few_letters_cannot_ask_for_any_amount_of_work() {
    let text = "locals {\n  n = range(1024)\n  s = join(\"\", [for i in local.n : \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"])\n}\n\
        resource \"t\" \"n\" {\n  a = replace(local.s, \"a\", local.s)\n  b = join(local.s, [for i in local.n : local.s])\n  \
        c = formatlist(\"%s${local.s}\", local.n)\n  d = [for i in local.n : [for j in local.n : [for k in local.n : k]]]\n  \
        e = toset([for i in local.n : [for j in local.n : \"${i}${j}\"]]...)\n}\n";
    assert_eq!(read(text).addresses(), ["t.n"]);
}
