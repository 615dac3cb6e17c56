//! Forms of input beside one folder of native syntax: several roots, JSON, values of variables, fetched modules,
//! override files, and what the parser of HCL refuses.

use super::*;
use crate::world::kind::Kind;
use crate::world::pieces::Wire;

#[test]
fn what_two_roots_name_alike_is_not_the_same() {
    let text = "variable \"env\" {}\nresource \"aws_iam_role\" \"x\" {\n  name = \"r-${var.env}\"\n}\n\
        resource \"aws_lambda_function\" \"f\" {\n  role = aws_iam_role.x.arn\n}\n";
    let files = Files::Memory(
        ["a/main.tf", "b/main.tf"]
            .into_iter()
            .map(|path| (path.to_owned(), text.as_bytes().to_vec()))
            .collect(),
    );
    let pieces = crate::load::load(&files, &[String::new()], &Options::default()).pieces;
    let roles: Vec<_> = pieces.declared.iter().filter(|one| one.kind == Kind::Role).collect();
    let [a, b] = roles.as_slice() else { panic!("two roles") };
    assert_eq!((a.address.as_str(), b.address.as_str()), ("tf:a:aws_iam_role.x", "tf:b:aws_iam_role.x"));
    assert_eq!(a.name.to_string(), "r-⟨a:var.env⟩");
    assert_ne!(a.account, b.account);
    assert_ne!(a.arn, b.arn);
    // What refers to it still names it.
    let runs: Vec<String> = pieces
        .wirings
        .iter()
        .filter_map(|wiring| {
            let Wire::RunsAs { role, .. } = &wiring.what else { return None };
            Some(role.text.to_string())
        })
        .collect();
    assert_eq!(runs, [a.arn.to_string(), b.arn.to_string()]);
}

#[test]
fn what_a_user_says_of_a_provider_is_the_account_of_what_it_makes() {
    let text = "provider \"aws\" {\n  allowed_account_ids = [\"111122223333\"]\n}\n\
        provider \"aws\" {\n  alias = \"partner\"\n  profile = \"partner\"\n}\n\
        resource \"aws_iam_role\" \"here\" {\n  name = \"here\"\n}\n\
        resource \"aws_iam_role\" \"there\" {\n  provider = aws.partner\n  name = \"there\"\n}\n";
    let accounts = |options: &Options| -> Vec<String> {
        let files = Files::Memory([("main.tf".to_owned(), text.as_bytes().to_vec())].into());
        let pieces = crate::load::load(&files, &[String::new()], options).pieces;
        let roles = pieces.declared.iter().filter(|one| one.kind == Kind::Role);
        roles.map(|role| role.account.to_string()).collect()
    };
    assert_eq!(accounts(&Options::default()), ["111122223333", "⟨account of provider aws.partner⟩"]);
    let said = vec![("aws.partner".to_owned(), "444455556666".to_owned())];
    let options = Options { provider_accounts: said, ..Options::default() };
    assert_eq!(accounts(&options), ["111122223333", "444455556666"]);
}

#[test]
fn one_root_keeps_plain_names() {
    let read =
        read_with(&[("envs/a/main.tf", "resource \"t\" \"n\" {\n  x = var.y\n}\n")], &Options::default());
    assert_eq!(read.addresses(), ["t.n"]);
}

#[test]
fn what_terraform_accepts_is_read_though_the_parser_refuses_it() {
    let read = read(
        "resource \"t\" \"n\" {\n  x = { a = 1, b = 2, a = 3 }\n  y = <<EOF\nEOF\"\n\nEOF\n  \
         z = { for k in [\"p\"] : k => true ?\n    1 :\n    2 }\n}\n\nresource \"t\" \"after\" {}\n",
    );
    assert_eq!(read.problems, []);
    assert_eq!(read.addresses(), ["t.after", "t.n"]);
    assert_eq!(read.at("t.n", "x"), "{\"b\" = 2, \"a\" = 3}");
    assert_eq!(read.at("t.n", "y"), "\"EOF\\\"\\n\\n\"");
    assert_eq!(read.at("t.n", "z"), "{\"p\" = 1}");
}

#[test]
fn the_json_syntax_says_the_same_as_the_native_one() {
    let json = r#"{
  "//": "a comment",
  "variable": {"env": {"type": "string", "default": "x"}, "names": {"type": "list(string)", "default": ["a", "b"]}},
  "locals": {"suffix": "-${upper(\"z\")}"},
  "resource": {
    "t": {
      "n": [{"//": "c", "x": "a${local.suffix}", "y": [1, true, null], "depends_on": ["t.m"]}],
      "m": {
        "count": 1,
        "dynamic": {"b": {"for_each": "${var.names}", "iterator": "it", "content": {"v": "${it.value}"}}},
        "lifecycle": {"ignore_changes": ["x"]}
      }
    }
  },
  "data": {"d": {"o": {"k": "${t.n.x}"}}}
}"#;
    let read = read_with(&[("main.tf.json", json)], &Options::default());
    assert_eq!(read.problems, []);
    assert_eq!(read.addresses(), ["data.d.o", "t.m[0]", "t.n"]);
    assert_eq!(read.at("t.n", "x"), "\"a-Z\"");
    assert_eq!(read.at("t.n", "y"), "[1, true, null]");
    assert_eq!(read.at("t.m[0]", "b"), "[{\"v\" = \"a\"}, {\"v\" = \"b\"}]");
    assert_eq!(read.at("data.d.o", "k"), "\"a-Z\"");
    let place = |address: &str, name: &str| {
        let node = read.instance(address).get(name).expect("written");
        read.sources
            .text(node.span.file)
            .get(node.span.start as usize..node.span.end as usize)
            .map(str::to_owned)
    };
    assert_eq!(place("t.n", "y").as_deref(), Some("[1, true, null]"));
    assert_eq!(read.sources.place(read.instance("t.n").span).line, 7);
}

#[test]
fn a_json_block_that_is_none_costs_one_problem() {
    let read = read_with(
        &[("main.tf.json", "{\"resource\": {\"t\": {\"n\": 1, \"m\": {\"x\": \"${\"}, \"o\": {}}}}")],
        &Options::default(),
    );
    assert_eq!(read.addresses(), ["t.o"]);
    assert_eq!(read.problems.len(), 2);
}

#[test]
fn values_of_variables_come_as_json_too() {
    let read = read_with(
        &[
            (
                "main.tf",
                "variable \"a\" {}\nvariable \"b\" {}\nresource \"t\" \"n\" {\n  x = [var.a, var.b]\n}\n",
            ),
            ("terraform.tfvars", "a = 1\nb = 1\n"),
            ("terraform.tfvars.json", "{\"a\": 2, \"b\": 2}"),
            ("z.auto.tfvars.json", "{\"b\": 3}"),
        ],
        &Options::default(),
    );
    assert_eq!((read.at("t.n", "x"), read.problems.len()), ("[2, 3]".to_owned(), 0));
}

#[test]
fn modules_that_init_fetched_are_read() {
    let manifest = "{\"Modules\": [{\"Key\": \"a\", \"Source\": \"registry.terraform.io/x/a/aws\", \
        \"Dir\": \".terraform/modules/a\"}, {\"Key\": \"a.b\", \"Source\": \"git::https://x\", \"Dir\": \
        \".terraform/modules/a.b/sub\"}]}";
    let read = read_with(
        &[
            (
                "main.tf",
                "module \"a\" {\n  source = \"x/a/aws\"\n}\nmodule \"c\" {\n  source = \"x/c/aws\"\n}\n",
            ),
            (".terraform/modules/modules.json", manifest),
            (".terraform/modules/a/main.tf", "module \"b\" {\n  source = \"git::https://x\"\n}\n"),
            (".terraform/modules/a.b/sub/main.tf", "resource \"t\" \"n\" {}\n"),
        ],
        &Options::default(),
    );
    assert_eq!(read.addresses(), ["module.a.module.b.t.n"]);
    assert_eq!(read.problems.len(), 1);
}

/// A configuration, and what the override files beside it say
fn overridden(base: &str, overrides: &[(&str, &str)]) -> Read {
    let files: Vec<(&str, &str)> =
        std::iter::once(("main.tf", base)).chain(overrides.iter().copied()).collect();
    read_with(&files, &Options::default())
}

#[test]
fn an_override_replaces_arguments_by_name_and_the_last_file_counts() {
    let base = "variable \"v\" {\n  type = string\n  default = 1\n}\nlocals {\n  a = 1\n  b = 2\n}\n\
                resource \"t\" \"n\" {\n  x = 1\n  y = [local.a, local.b, var.v]\n  w = 5\n}\n";
    let read = overridden(
        base,
        &[
            ("z_override.tf", "resource \"t\" \"n\" {\n  x = 4\n}\n"),
            (
                "override.tf",
                "variable \"v\" {\n  default = 2\n}\nresource \"t\" \"n\" {\n  x = 2\n  z = 3\n}\n",
            ),
            ("b_override.tf.json", r#"{"locals": {"a": 3}, "resource": {"t": {"n": {"w": "${local.a}"}}}}"#),
        ],
    );
    assert_eq!(read.problems, []);
    assert_eq!(["x", "y", "z", "w"].map(|name| read.at("t.n", name)), ["4", "[3, 2, \"2\"]", "3", "3"]);
}

#[test]
fn an_override_replaces_all_nested_blocks_of_a_type_dynamic_ones_too() {
    let base = "resource \"t\" \"n\" {\n  a {\n    x = 1\n  }\n  a {\n    x = 2\n  }\n  b {\n    x = 3\n  }\n  \
                dynamic \"c\" {\n    for_each = [1, 2]\n    content {\n      x = c.value\n    }\n  }\n}\n";
    let with = "resource \"t\" \"n\" {\n  dynamic \"a\" {\n    for_each = [7]\n    content {\n      x = a.value\n    }\n  }\n  \
                c {\n    x = 8\n  }\n}\n";
    let read = overridden(base, &[("override.tf", with)]);
    assert_eq!(read.problems, []);
    let shown = ["a", "b", "c"].map(|name| read.at("t.n", name));
    assert_eq!(shown, ["[{\"x\" = 7}]", "[{\"x\" = 3}]", "[{\"x\" = 8}]"]);
}

#[test]
fn an_override_changes_how_often_a_block_repeats_and_where_a_module_lies() {
    let base = "module \"m\" {\n  source = \"./a\"\n  v = 1\n}\nresource \"t\" \"n\" {\n  count = 1\n}\n";
    let with = "module \"m\" {\n  source = \"./b\"\n}\nresource \"t\" \"n\" {\n  count = 2\n}\n";
    let below = "variable \"v\" {}\nresource \"t\" \"b\" {\n  x = var.v\n}\n";
    let read = overridden(base, &[("main_override.tf", with), ("b/main.tf", below)]);
    assert_eq!(read.problems, []);
    assert_eq!(read.addresses(), ["module.m.t.b", "t.n[0]", "t.n[1]"]);
    assert_eq!(read.at("module.m.t.b", "x"), "1");
}

#[test]
fn an_override_of_nothing_is_a_problem_and_is_read() {
    let read = overridden(
        "resource \"t\" \"n\" {}\n",
        &[(
            "override.tf",
            "resource \"t\" \"m\" {\n  x = local.l\n}\nlocals {\n  l = 1\n}\nmoved {}\nprovider \"aws\" {}\n",
        )],
    );
    assert_eq!(read.addresses(), ["t.m", "t.n"]);
    assert_eq!(read.at("t.m", "x"), "1");
    let lines: Vec<&str> = read.problems.iter().map(|(_, place)| place.as_str()).collect();
    assert_eq!(lines, ["override.tf:1", "override.tf:4", "override.tf:7"]);
}

#[test]
fn an_override_that_does_not_parse_leaves_nothing_certain_of_its_block() {
    let base = "variable \"v\" {\n  default = 1\n}\nlocals {\n  a = 1\n}\nresource \"t\" \"n\" {\n  x = 1\n}\n\
                resource \"t\" \"m\" {\n  x = [var.v, local.a]\n}\n";
    let with = "resource \"t\" \"n\" {\n  x = = 1\n}\nvariable \"v\" {\n  default = = 2\n}\nlocals {\n  a = = 1\n}\n";
    let read = overridden(base, &[("override.tf", with)]);
    assert_eq!(read.addresses(), ["t.m", "t.n[\"?\"]"]);
    assert!(read.at("t.n[\"?\"]", "x").ends_with("in an override that does not parse"));
    assert_eq!(
        read.at("t.m", "x"),
        "[var.v in an override that does not parse, local.a in an override that does not parse]"
    );
    assert_eq!(read.problems.len(), 3);
}
