//! Where `terraform init` put the modules that a configuration fetches: `.terraform/modules/modules.json`.
//!
//! Knows: the file's `Key` and `Dir` \[internals of terraform init\]. Must not know: what a module declares.

use std::collections::BTreeMap;

use crate::load::json;
use crate::node::{Node, Origin, Value};
use crate::source::Span;
use crate::text::Text;

/// The file, below the root module
pub(super) const PATH: &str = ".terraform/modules/modules.json";

/// Folders by the path of calls that leads to each: `vpc`, `shop.api`
pub(super) fn folders(text: &str) -> BTreeMap<String, String> {
    let (tree, _) = json::read(&Text::from(text), Span::NOWHERE, &Origin::Whole);
    let Some(Node { value: Value::List(modules), .. }) = tree.as_ref().and_then(|tree| tree.get("Modules"))
    else {
        return BTreeMap::new();
    };
    let literal = |module: &Node, name: &str| {
        module.get(name).and_then(Node::as_text).and_then(|text| text.as_literal().map(str::to_owned))
    };
    modules.iter().filter_map(|module| Some((literal(module, "Key")?, literal(module, "Dir")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_module_has_its_folder() {
        let text = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},
            {"Key":"a.b","Source":"registry.terraform.io/x/y/aws","Version":"1.0.0","Dir":".terraform/modules/a.b"}]}"#;
        assert_eq!(folders(text).get("a.b").map(String::as_str), Some(".terraform/modules/a.b"));
        assert_eq!(folders("no JSON"), BTreeMap::new());
    }
}
