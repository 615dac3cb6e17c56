//! Plans in small: what each action leaves, what unknown values become, what two files say together.

use serde_json::{Value, json};

use crate::load::{Loaded, Options, embedded};
use crate::world::pieces::{PolicyRole, Wire};

fn load(files: &[(&str, &str)]) -> Loaded {
    embedded(files, &Options::default())
}

fn change(address: &str, actions: &Value, change: &Value) -> Value {
    let bare = address.rsplit_once('.').map_or(address, |(before, _)| before);
    let kind = bare.rsplit('.').next().unwrap_or(bare);
    let name = address.rsplit('.').next().unwrap_or(address);
    let name = name.split('[').next().unwrap_or(name);
    let mut whole = json!({"actions": actions});
    for (key, value) in change.as_object().unwrap() {
        whole[key] = value.clone();
    }
    json!({"address": address, "mode": "managed", "type": kind, "name": name, "change": whole})
}

fn plan(changes: &[Value], configuration: &Value) -> String {
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": true,
        "resource_changes": changes, "configuration": configuration,
    })
    .to_string()
}

fn role(name: &str) -> Value {
    json!({"name": name, "assume_role_policy": r#"{"Version":"2012-10-17","Statement":[]}"#})
}

fn declared(loaded: &Loaded) -> Vec<String> {
    loaded.pieces.declared.iter().map(|one| format!("{}/{}", one.kind, one.name)).collect()
}

#[test]
fn what_is_deleted_is_gone_and_what_is_replaced_is_what_comes_after() {
    let text = plan(
        &[
            change("aws_iam_role.a", &json!(["delete"]), &json!({"before": role("a"), "after": null})),
            change(
                "aws_iam_role.b",
                &json!(["delete", "create"]),
                &json!({"before": role("b"), "after": role("b2")}),
            ),
            change("aws_iam_role.c", &json!(["no-op"]), &json!({"before": role("c"), "after": role("c")})),
            change("aws_iam_role.d", &json!(["forget"]), &json!({"before": role("d"), "after": null})),
        ],
        &json!({"root_module": {}}),
    );
    let loaded = load(&[("plan.json", &text)]);
    assert_eq!(declared(&loaded), ["role/b2", "role/c", "role/d"]);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
}

#[test]
fn an_action_that_is_not_known_leaves_a_doubt() {
    let actions = json!(["transmogrify"]);
    let text = plan(
        &[change("aws_iam_role.a", &actions, &json!({"before": role("a"), "after": null}))],
        &json!({"root_module": {}}),
    );
    let loaded = load(&[("plan.json", &text)]);
    assert_eq!(declared(&loaded), ["role/a"]);
    assert_eq!(loaded.pieces.declared[0].doubts.len(), 1);
    assert_eq!(loaded.problems.iter().count(), 1);
}

fn with_function(unknown: &Value, expressions: &Value) -> Loaded {
    let mut block = json!({"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f"});
    block["expressions"] = expressions.clone();
    let text = plan(
        &[
            change(
                "aws_lambda_function.f",
                &json!(["create"]),
                &json!({"before": null, "after": {"function_name": "f"}, "after_unknown": unknown}),
            ),
            change(
                "aws_iam_role.r",
                &json!(["create"]),
                &json!({"before": null, "after": role("r"), "after_unknown": {"arn": true, "id": true}}),
            ),
        ],
        &json!({"root_module": {"resources": [
            block,
            {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "expressions": {"name": {"constant_value": "r"}}},
        ]}}),
    );
    load(&[("plan.json", &text)])
}

fn role_of_function(loaded: &Loaded) -> String {
    let found = loaded.pieces.wirings.iter().find_map(|wiring| {
        if let Wire::RunsAs { role, .. } = &wiring.what { Some(role.text.to_string()) } else { None }
    });
    found.unwrap_or_else(|| "none".to_owned())
}

#[test]
fn a_reference_of_an_unknown_argument_is_the_arn_that_will_be() {
    let refers = json!({"role": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]}});
    let loaded = with_function(&json!({"role": true, "arn": true}), &refers);
    assert_eq!(role_of_function(&loaded), "arn:aws:iam::⟨account⟩:role/r");
}

#[test]
fn an_unknown_argument_is_a_hole_where_its_expression_says_too_little() {
    for refers in [
        json!({"role": {"references": ["local.role"]}}),
        json!({"role": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r", "var.other"]}}),
        json!({"role": {"references": ["aws_iam_role.gone.arn", "aws_iam_role.gone"]}}),
        json!({"role": {}}),
        json!({}),
    ] {
        let loaded = with_function(&json!({"role": true}), &refers);
        assert_eq!(role_of_function(&loaded), "⟨aws_lambda_function.f.role⟩", "{refers}");
    }
}

#[test]
fn references_that_lead_in_a_circle_end() {
    let text = plan(
        &[
            change("aws_x.a", &json!(["create"]), &json!({"after": {}, "after_unknown": {"v": true}})),
            change("aws_x.b", &json!(["create"]), &json!({"after": {}, "after_unknown": {"v": true}})),
        ],
        &json!({"root_module": {
            "resources": [
                {"mode": "managed", "type": "aws_x", "name": "a", "expressions": {"v": {"references": ["module.m.o", "module.m"]}}},
                {"mode": "managed", "type": "aws_x", "name": "b", "expressions": {"v": {"references": ["aws_x.a.v", "aws_x.a"]}}},
            ],
            "module_calls": {"m": {"expressions": {"i": {"references": ["module.m.o", "module.m"]}}, "module": {
                "outputs": {"o": {"expression": {"references": ["var.i"]}}}, "variables": {"i": {}},
            }}},
        }}),
    );
    assert!(load(&[("plan.json", &text)]).problems.is_empty());
}

#[test]
fn other_json_is_no_input_and_broken_plans_are_a_problem() {
    let other = load(&[
        ("package.json", r#"{"name": "x"}"#),
        ("schema.json", r#"{"format_version": "1.0", "provider_schemas": {}}"#),
    ]);
    assert_eq!((other.pieces.tally.files, other.problems.is_empty()), (0, true));
    assert_eq!(other.unrecognised, ["package.json", "schema.json"]);
    let broken = load(&[("plan.json", r#"{"format_version": "1.2", "resource_changes": ["#)]);
    assert!(broken.problems.broken());
    let odd = load(&[("plan.json", r#"{"format_version": "1.2", "resource_changes": [7]}"#)]);
    assert!(odd.problems.broken());
}

#[test]
fn what_a_limit_cuts_off_puts_every_identity_in_doubt() {
    let deep = format!(r#"{{"format_version": "1.2", "resource_changes": {}"#, "[".repeat(500));
    let loaded =
        load(&[("plan.json", &deep), ("main.tf", "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n")]);
    let tainted = loaded.pieces.attachments.iter().filter(|one| one.name == "what was not read").count();
    assert_eq!((tainted, loaded.problems.broken()), (1, true));
}

#[test]
fn a_plan_tells_what_a_default_left_open() {
    let written = "variable \"n\" {\n  default = 0\n}\nresource \"aws_iam_role\" \"r\" {\n  count = var.n\n  name  = \"r${count.index}\"\n}\nresource \"aws_iam_role\" \"s\" {\n  name = \"s\"\n}\n";
    let text = plan(
        &[
            change("aws_iam_role.r[0]", &json!(["create"]), &json!({"after": role("r0")})),
            change("aws_iam_role.s", &json!(["create"]), &json!({"after": role("s")})),
        ],
        &json!({"root_module": {}}),
    );
    let alone = load(&[("main.tf", written)]);
    assert!(alone.pieces.declared.iter().any(|one| !one.doubts.is_empty()));
    let both = load(&[("main.tf", written), ("plan.json", &text)]);
    assert_eq!(declared(&both), ["role/r0", "role/s"]);
    assert!(both.pieces.declared.iter().all(|one| one.doubts.is_empty()));
    assert!(both.pieces.assumptions.iter().any(|one| one.text.contains("is of this configuration")));
}

/// A plan of a role without a written inline policy, beside a value that nobody knows yet
fn with_reading(relevant: &Value, expressions: &Value) -> Loaded {
    let changes = [
        change(
            "aws_iam_role.r",
            &json!(["create"]),
            &json!({"before": null, "after": role("r"), "after_unknown": {"inline_policy": true}}),
        ),
        change(
            "terraform_data.d",
            &json!(["create"]),
            &json!({"before": null, "after": {"input": "x"}, "after_unknown": {"output": true}}),
        ),
    ];
    let configuration = json!({"root_module": {"resources": [
        {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "expressions": expressions},
    ]}});
    let mut whole: Value = serde_json::from_str(&plan(&changes, &configuration)).unwrap();
    whole["relevant_attributes"] = relevant.clone();
    load(&[("plan.json", &whole.to_string())])
}

#[test]
fn a_role_may_have_policies_where_something_reads_what_the_plan_does_not_show() {
    let policies = |loaded: &Loaded| {
        loaded.pieces.attachments.iter().filter(|one| one.role == PolicyRole::Identity).count()
    };
    let output = json!([{"resource": "terraform_data.d", "attribute": ["output"]}]);
    assert_eq!(policies(&with_reading(&output, &json!({}))), 1);
    // What is read where it is written hides nothing, and what is known gives no unknown number.
    let written = json!({"description": {"references": ["terraform_data.d.output", "terraform_data.d"]}});
    assert_eq!(policies(&with_reading(&output, &written)), 0);
    let input = json!([{"resource": "terraform_data.d", "attribute": ["input"]}]);
    assert_eq!(policies(&with_reading(&input, &json!({}))), 0);
    assert_eq!(policies(&with_reading(&json!([]), &json!({}))), 0);
}
