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
        ["a/main.tf", "b/main.tf"].into_iter().map(|path| (path.to_owned(), text.to_owned())).collect(),
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

#[test]
fn what_an_override_file_sets_is_unknown() {
    let read = read_with(
        &[
            (
                "main.tf",
                "variable \"v\" {\n  default = 1\n}\nlocals {\n  a = 1\n  b = 2\n}\nresource \"t\" \"n\" {\n  x = 1\n  \
                 y = [local.a, local.b, var.v]\n}\n",
            ),
            (
                "override.tf",
                "variable \"v\" {\n  default = 2\n}\nlocals {\n  a = 3\n}\nresource \"t\" \"n\" {\n  x = 2\n  z = 3\n}\n",
            ),
        ],
        &Options::default(),
    );
    assert_eq!(read.at("t.n", "x"), "t.n.x in an override file");
    assert_eq!(read.at("t.n", "z"), "t.n.z in an override file");
    assert_eq!(read.at("t.n", "y"), "[local.a in an override file, 2, var.v in an override file]");
    assert_eq!(read.problems, [(ProblemKind::NotModelled, "override.tf:1".into())]);
}
