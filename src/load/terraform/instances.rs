//! From a block to its instances: `count`, `for_each`, nested and dynamic blocks, and attributes of what is declared.
//!
//! Knows: meta-arguments \[language/meta-arguments\]. Must not know: what any resource type means, beyond the few data
//! sources that tell where a configuration is deployed.

use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::attributes;
use crate::load::terraform::compare;
use crate::load::terraform::expression::{Bound, Scope, Step};
use crate::load::terraform::functions;
use crate::load::terraform::instance::{Instance, Mode};
use crate::load::terraform::module::{ModuleId, Workspace};
use crate::load::terraform::notes::{Default, describe, is_rest};
use crate::load::terraform::policy_document;
use crate::load::terraform::syntax::Place;
use crate::node::{Key, Node, Value};
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};

/// How many instances one block may have
const MOST: usize = 1000;

/// Arguments that steer Terraform and say nothing of the resource
static META: &[&str] = &["count", "for_each", "provider", "depends_on"];
/// Blocks that do the same
static META_BLOCKS: &[&str] = &["lifecycle", "provisioner", "connection", "timeouts"];

/// Whether a part of a resource's block steers Terraform: within nested blocks the same names are the resource's own
fn is_meta(structure: &Structure) -> bool {
    match structure {
        Structure::Attribute(attribute) => META.contains(&attribute.key.as_str()),
        Structure::Block(block) => META_BLOCKS.contains(&block.ident.as_str()),
    }
}

/// The instances of one block
#[derive(Debug)]
pub(super) struct Expansion {
    pub(super) form: Form,
    pub(super) repetitions: Vec<Repetition>,
}

/// How a block repeats
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Neither `count` nor `for_each`
    Single,
    /// `count`
    Count,
    /// `for_each`
    Each,
    /// How many there are is not known: the one instance stands for all
    Open,
}

/// One instance of a block
#[derive(Clone, Debug)]
pub(super) struct Repetition {
    /// What its address ends with: `[0]`, `["blue"]`, `["?"]`
    pub(super) suffix: String,
    /// Its key
    pub(super) key: Text,
    /// `count` or `each`
    pub(super) binds: Vec<(&'static str, Node)>,
    /// Why it may not exist
    pub(super) doubts: Vec<Cause>,
}

/// All instances as one value
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    List,
    Map,
    Unknown,
}

impl Expansion {
    /// Which instance steps lead to, and how many of them do; otherwise what all of them are together
    pub(super) fn choose(&self, steps: &[Step<'_>]) -> Result<(usize, usize), Whole> {
        let first = steps.first();
        match (self.form, first) {
            (Form::Single, _) => Ok((0, 0)),
            (Form::Open, Some(Step::Index(_))) => Ok((0, 1)),
            (Form::Open, _) => Err(Whole::Unknown),
            (Form::Count | Form::Each, Some(Step::Index(key))) => {
                let key = key.as_text();
                let found =
                    self.repetitions.iter().position(|repetition| Some(&repetition.key) == key.as_ref());
                found.map(|at| (at, 1)).ok_or(self.whole())
            }
            (Form::Count | Form::Each, _) => Err(self.whole()),
        }
    }

    fn whole(&self) -> Whole {
        match self.form {
            _ if self.in_doubt() => Whole::Unknown,
            Form::Count => Whole::List,
            Form::Each => Whole::Map,
            Form::Single | Form::Open => Whole::Unknown,
        }
    }

    /// Whether some instance may not exist
    pub(super) fn in_doubt(&self) -> bool {
        self.repetitions.iter().any(|repetition| !repetition.doubts.is_empty())
    }
}

impl Workspace<'_> {
    /// The instances of a block of a module
    pub(super) fn expansion(&self, module: ModuleId, block: usize) -> Rc<Expansion> {
        let made = self.expansions.get(&self.notes, module, &block, || Rc::new(self.expand(module, block)));
        made.unwrap_or_else(|| {
            let folder = Rc::clone(&self.module(module).folder);
            let span = folder.block(block).map_or(Span::NOWHERE, |written| written.span());
            let node = self.cycle("the number of instances of this block", span);
            Rc::new(Expansion { form: Form::Open, repetitions: vec![open("count", &node, span)] })
        })
    }

    fn expand(&self, module: ModuleId, block: usize) -> Expansion {
        let here = self.module(module);
        let single =
            || Repetition { suffix: String::new(), key: Text::new(), binds: Vec::new(), doubts: Vec::new() };
        let Some(written) = here.folder.block(block) else {
            return Expansion { form: Form::Single, repetitions: vec![single()] };
        };
        if let Some(span) = written.unread() {
            let node = self.unread("how often this block repeats", span);
            return Expansion { form: Form::Open, repetitions: vec![open("each", &node, span)] };
        }
        let (name, (place, attribute)) = match (written.attribute("count"), written.attribute("for_each")) {
            (Some(count), _) => ("count", count),
            (None, Some(each)) => ("for_each", each),
            (None, None) => return Expansion { form: Form::Single, repetitions: vec![single()] },
        };
        let span = place.span(attribute.value.span());
        let (value, defaults) = self.notes.apart(|| self.eval(module, place, &[], &attribute.value));
        let (form, mut repetitions) = match name {
            "count" => match compare::number(&value) {
                Some(count) => (Form::Count, counted(count, span)),
                None => (Form::Open, vec![open("count", &value, span)]),
            },
            _ => match each(&value, span) {
                Some(repetitions) => (Form::Each, repetitions),
                None => (Form::Open, vec![open("each", &value, span)]),
            },
        };
        if repetitions.len() > MOST {
            self.notes.partly(
                ProblemKind::Limit,
                format!("this block has {} instances", repetitions.len()),
                span,
                &format!("the first {MOST} were read; the others stand as one that is unknown"),
            );
            repetitions.truncate(MOST);
            let mut rest = open(if form == Form::Count { "count" } else { "each" }, &value, span);
            rest.doubts = vec![Cause::at(CauseKind::Truncated, "more instances than gatecrash reads", span)];
            repetitions.push(rest);
        }
        if repetitions.is_empty() && !defaults.is_empty() {
            // None under the defaults; what is deployed sets its own values, so it may well exist.
            let mut kept = match form {
                Form::Count => counted(1.0, span).pop().unwrap_or_else(single),
                Form::Single | Form::Each | Form::Open => open("each", &value, span),
            };
            let because = |(name, at): &Default| Cause::at(CauseKind::Default, &**name, *at);
            kept.doubts = defaults.iter().map(because).collect();
            return Expansion { form: Form::Open, repetitions: vec![kept] };
        }
        Expansion { form, repetitions }
    }

    /// One instance of a resource or data block; `None` where it needs itself
    pub(super) fn instance(&self, module: ModuleId, block: usize, which: usize) -> Option<Rc<Instance>> {
        self.instances
            .get(&self.notes, module, &(block, which), || Rc::new(self.evaluate(module, block, which)))
    }

    fn evaluate(&self, module: ModuleId, block: usize, which: usize) -> Instance {
        let here = self.module(module);
        let expansion = self.expansion(module, block);
        let repetition = expansion.repetitions.get(which);
        let written = here.folder.block(block);
        let label = |at: usize| {
            written.and_then(|written| written.block.labels.get(at)).map_or("", |label| label.as_str())
        };
        let mode = match written.map(|written| written.block.ident.as_str()) {
            Some("data") => Mode::Data,
            _ => Mode::Managed,
        };
        let data = if mode == Mode::Data { "data." } else { "" };
        let suffix = repetition.map_or("", |repetition| repetition.suffix.as_str());
        let (kind, name) = (label(0), label(1));
        let address = [&here.prefix, data, kind, ".", name, suffix].concat();
        let span = written.map_or(Span::NOWHERE, |written| written.span());
        let mut doubts = here.doubts.clone();
        doubts.extend(repetition.iter().flat_map(|repetition| repetition.doubts.iter().cloned()));
        let binds = repetition.map(|repetition| repetition.binds.as_slice()).unwrap_or_default();
        // Where the number is open, what is bound is not known, and each block has its own.
        let own: Vec<(&'static str, Node)> = binds
            .iter()
            .filter(|(_, value)| matches!(value.value, Value::Unknown(_)))
            .map(|(name, value)| {
                let hole = Hole::input(format!("{name} of {address}"));
                (*name, Node::new(Value::Unknown(hole), value.span))
            })
            .collect();
        let binds = if own.is_empty() { binds } else { own.as_slice() };
        let mut body = Node::new(Value::Map(Vec::new()), span);
        if let Some(written) = written {
            body = self.within(module, written.place, binds, &mut |scope| {
                let structures = written.structures().into_iter();
                let mut entries = nested(scope, &mut structures.filter(|(_, structure)| !is_meta(structure)));
                // Each argument may have been given another value.
                for (key, node) in entries.iter_mut().filter(|_| written.unread().is_some()) {
                    let name = format!("{address}.{}", key.text);
                    *node = self.unread(&name, node.span);
                }
                Node::new(Value::Map(entries), span)
            });
        }
        let ambient = self.ambient_of(module, written);
        Instance { mode, kind: kind.to_owned(), address, span, body, ambient, doubts }
    }

    /// An attribute of an instance: written, or made by AWS
    pub(super) fn attribute_of(
        &self,
        module: ModuleId,
        block: usize,
        which: usize,
        attribute: &str,
        span: Span,
    ) -> Node {
        let Some(instance) = self.instance(module, block, which) else {
            let here = self.module(module);
            let written = here.folder.block(block);
            let labels = written.map(|written| {
                written
                    .block
                    .labels
                    .iter()
                    .map(|label| label.as_str().to_owned())
                    .collect::<Vec<_>>()
                    .join(".")
            });
            return self.cycle(&format!("{}{}", here.prefix, labels.unwrap_or_default()), span);
        };
        let ambient = &instance.ambient;
        let partition = ambient.partition.as_literal();
        let known = match (instance.mode, instance.kind.as_str(), attribute) {
            (Mode::Data, "aws_caller_identity", "account_id" | "id") => Some(ambient.account.clone()),
            (Mode::Data, "aws_region", "name" | "region" | "id") => Some(ambient.region.clone()),
            (Mode::Data, "aws_partition", "partition" | "id") => Some(ambient.partition.clone()),
            (Mode::Data, "aws_arn", part) => instance.get("arn").and_then(|arn| part_of_arn(arn, part)),
            (Mode::Data, "aws_service_principal", "name") if partition == Some("aws") => {
                instance.get("service_name").and_then(Node::as_text).map(|name| name.with(".amazonaws.com"))
            }
            (Mode::Data, "aws_partition", "dns_suffix") => match partition {
                Some("aws" | "aws-us-gov") => Some(Text::from("amazonaws.com")),
                Some("aws-cn") => Some(Text::from("amazonaws.com.cn")),
                _ => None,
            },
            _ => None,
        };
        if let Some(text) = known {
            return Node::text(text, span);
        }
        if let (Mode::Data, "aws_iam_policy_document", "json" | "minified_json") =
            (instance.mode, instance.kind.as_str(), attribute)
        {
            let document = self.documents.get(&self.notes, module, &(block, which), || {
                let (document, problems) = policy_document::json(&instance);
                self.notes.append(problems);
                Rc::new(document)
            });
            return document.map_or_else(|| self.cycle(&instance.address, span), Rc::unwrap_or_clone);
        }
        if let (Mode::Data, "template_file", "rendered") = (instance.mode, instance.kind.as_str(), attribute)
        {
            let rendered = self.documents.get(&self.notes, module, &(block, which), || {
                Rc::new(self.rendered(module, block, &instance, span))
            });
            return rendered.map_or_else(|| self.cycle(&instance.address, span), Rc::unwrap_or_clone);
        }
        if let (Mode::Managed, "terraform_data", "output") =
            (instance.mode, instance.kind.as_str(), attribute)
        {
            return instance.get("input").cloned().unwrap_or_else(|| Node::new(Value::Null, span));
        }
        if let Some(written) = instance.get(attribute) {
            return written.clone();
        }
        // A name of which only the start is written
        if instance.get(&format!("{attribute}_prefix")).is_some() {
            return Node::text(attributes::text(&instance, attribute), span);
        }
        let whose = match instance.mode {
            Mode::Managed if !attributes::is_handed_in(&instance.kind, attribute) => HoleKind::Generated,
            Mode::Managed | Mode::Data => HoleKind::Input,
        };
        attributes::computed(&instance, attribute).unwrap_or_else(|| {
            // An instance that stands for several has several of these.
            let kind = if instance.address.contains("[\"?\"]") { HoleKind::Input } else { whose };
            let name = [&instance.address, ".", attribute].concat();
            Node::new(Value::Unknown(self.notes.hole(&name, kind, Shape::Any)), span)
        })
    }
}

impl Workspace<'_> {
    /// What a `template_file` makes of its template \[registry: hashicorp/template, data source file\]
    fn rendered(&self, module: ModuleId, block: usize, instance: &Instance, span: Span) -> Node {
        let here = self.module(module);
        let place = here.folder.block(block).map(|written| written.place);
        let (Some(template), Some(place)) = (instance.get("template"), place) else {
            let name = format!("{}.rendered", instance.address);
            return Node::new(Value::Unknown(self.notes.hole(&name, HoleKind::Input, Shape::Any)), span);
        };
        let none = Node::new(Value::Map(Vec::new()), span);
        let given = instance.get("vars").unwrap_or(&none);
        self.within(module, place, &[], &mut |scope| {
            let name = format!("{}.rendered", instance.address);
            functions::render(scope, template, given, span).unwrap_or_else(|| {
                Node::new(Value::Unknown(self.notes.hole(&name, HoleKind::Input, Shape::Any)), span)
            })
        })
    }
}

/// What `aws_arn` takes an ARN apart into
fn part_of_arn(arn: &Node, part: &str) -> Option<Text> {
    let arn = Arn::parse(&arn.as_text()?)?;
    match part {
        "partition" => Some(arn.partition),
        "service" => Some(arn.service),
        "region" => Some(arn.region),
        "account" => Some(arn.account),
        "resource" => Some(arn.resource),
        _ => None,
    }
}

fn counted(count: f64, span: Span) -> Vec<Repetition> {
    // One more than is read is enough to see that there are too many.
    (0..=MOST)
        .take_while(|at| f64::from(u32::try_from(*at).unwrap_or(u32::MAX)) < count)
        .map(|at| {
            let index = Node::new(Value::Number(at.to_string()), span);
            let key = Key { text: Text::from("index"), span };
            Repetition {
                suffix: format!("[{at}]"),
                key: Text::from(at.to_string()),
                binds: vec![("count", Node::new(Value::Map(vec![(key, index)]), span))],
                doubts: Vec::new(),
            }
        })
        .collect()
}

/// The instances of a `for_each`; `None` where it is not known
fn each(value: &Node, span: Span) -> Option<Vec<Repetition>> {
    let repetition = |key: Text, value: Node| {
        let entry = |name: &str, node: Node| (Key { text: Text::from(name), span }, node);
        let bound = vec![entry("key", Node::text(&key, span)), entry("value", value)];
        let suffix = match key.as_literal() {
            Some(literal) => format!("[{}]", serde_json::Value::from(literal)),
            None => format!("[\"{key}\"]"),
        };
        Repetition {
            suffix,
            key,
            binds: vec![("each", Node::new(Value::Map(bound), span))],
            doubts: Vec::new(),
        }
    };
    match &value.value {
        Value::List(items) => {
            let (rest, known): (Vec<&Node>, Vec<&Node>) = items.iter().partition(|item| is_rest(item));
            let known = known.into_iter().map(|item| Some(repetition(item.as_text()?, item.clone())));
            let rest = rest.first().map(|_| Some(open("each", value, span)));
            known.chain(rest).collect()
        }
        Value::Map(entries) => {
            let (known, unknown): (Vec<_>, Vec<_>) =
                entries.iter().partition(|(key, _)| key.text.as_literal().is_some());
            let mut all: Vec<Repetition> =
                known.into_iter().map(|(key, node)| repetition(key.text.clone(), node.clone())).collect();
            all.sort_by(|a, b| a.key.cmp(&b.key));
            all.extend(unknown.first().map(|_| open("each", value, span)));
            Some(all)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => None,
    }
}

/// The one instance that stands for a number of them that is not known
fn open(binds: &'static str, value: &Node, span: Span) -> Repetition {
    Repetition {
        suffix: "[\"?\"]".to_owned(),
        key: Text::from("?"),
        binds: vec![(binds, Node::new(Value::Unknown(Hole::input(binds)), span))],
        doubts: vec![Cause::at(CauseKind::Hole, describe(value), span)],
    }
}

/// The arguments of a body; a nested block is a list of maps under its name, one a block
fn body_of(scope: &Scope<'_>, body: &Body) -> Vec<(Key, Node)> {
    nested(scope, &mut body.iter().map(|structure| (scope.place, structure)))
}

/// The same of what stands at several places
fn nested(scope: &Scope<'_>, structures: &mut dyn Iterator<Item = (Place, &Structure)>) -> Vec<(Key, Node)> {
    let mut entries: Vec<(Key, Node)> = Vec::new();
    for (place, structure) in structures {
        let scope = &Scope { place, ..*scope };
        match structure {
            Structure::Attribute(attribute) => {
                let name = attribute.key.as_str();
                let key = Key { text: Text::from(name), span: scope.place.span(attribute.key.span()) };
                let (value, _) = scope.notes().apart(|| scope.eval(&attribute.value));
                entries.push((key, scope.notes().keep(value, &|| name.to_owned())));
            }
            Structure::Block(block) => {
                let span = scope.place.header(block);
                let Some(_level) = scope.notes().enter(1, span) else {
                    let hole = scope.notes().fresh("beyond a limit");
                    append(&mut entries, block.ident.as_str(), span, Node::new(Value::Unknown(hole), span));
                    continue;
                };
                match block.ident.as_str() {
                    "dynamic" => dynamic(scope, block, &mut entries, span),
                    name => {
                        let whole = scope.place.span(block.span());
                        let node = Node::new(Value::Map(body_of(scope, &block.body)), whole);
                        append(&mut entries, name, span, node);
                    }
                }
            }
        }
    }
    entries
}

fn append(entries: &mut Vec<(Key, Node)>, name: &str, span: Span, node: Node) {
    match entries.iter_mut().find(|(key, _)| key.text.as_literal() == Some(name)) {
        Some((_, Node { value: Value::List(items), .. })) => items.push(node),
        _ => {
            let key = Key { text: Text::from(name), span };
            entries.push((key, Node::new(Value::List(vec![node]), span)));
        }
    }
}

/// `dynamic`: one block for each element; where they are not known, one block of which nothing is known
fn dynamic(
    scope: &Scope<'_>,
    block: &hcl_edit::structure::Block,
    entries: &mut Vec<(Key, Node)>,
    span: Span,
) {
    let Some(name) = block.labels.first().map(|label| label.as_str()) else { return };
    let attribute = |name: &str| block.body.get_attribute(name);
    let iterator = match attribute("iterator").map(|attribute| &attribute.value) {
        Some(Expression::Variable(iterator)) => iterator.as_str(),
        _ => name,
    };
    let content = block.body.get_blocks("content").next();
    let collection = attribute("for_each").map(|each| scope.notes().apart(|| scope.eval(&each.value)).0);
    let (Some(content), Some(collection)) = (content, collection) else {
        scope.notes().partly(
            ProblemKind::NotUnderstood,
            format!("this dynamic `{name}` lacks `for_each` or `content`"),
            span,
            "Terraform refuses it; what it would make is unknown",
        );
        let hole = scope.notes().fresh(&format!("dynamic {name}"));
        return append(entries, name, span, Node::new(Value::Unknown(hole), span));
    };
    let Some(pairs) = compare::pairs(&collection) else {
        scope.notes().partly(
            ProblemKind::NotUnderstood,
            format!("how many `{name}` blocks this makes rests on `{}`", describe(&collection)),
            span,
            "what they say is unknown; answers that rest on them are conditional",
        );
        let hole = scope.notes().fresh(&format!("dynamic {name} over {}", describe(&collection)));
        return append(entries, name, span, Node::new(Value::Unknown(hole), span));
    };
    if pairs.len() > MOST {
        let message = format!("this makes {} `{name}` blocks", pairs.len());
        scope.notes().partly(ProblemKind::Limit, message, span, "what they say is unknown");
        let hole = scope.notes().fresh(&format!("dynamic {name}"));
        return append(entries, name, span, Node::new(Value::Unknown(hole), span));
    }
    // The key is the index in a list and the element in a set; both are lists here, so often it is not known.
    let list = matches!(collection.value, Value::List(_));
    let kind = attribute("for_each").and_then(|each| collection_of(&each.value));
    for (key, value) in pairs {
        let entry = |name: &str, node: Node| (Key { text: Text::from(name), span }, node);
        let key = match (list, kind) {
            (false, _) | (true, Some(Collection::List)) => key,
            (true, Some(Collection::Set)) => value.clone(),
            (true, None) => Node::new(Value::Unknown(scope.notes().fresh(&format!("{iterator}.key"))), span),
        };
        let bound = Node::new(Value::Map(vec![entry("key", key), entry("value", value)]), span);
        let inner = scope.bind_value(iterator, &bound, &mut |scope| body_of(scope, &content.body));
        append(entries, name, span, Node::new(Value::Map(inner), scope.place.span(content.span())));
    }
}

/// Whether a collection is a list or a set
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Collection {
    List,
    Set,
}

/// What an expression makes, by how it is written; `None` where that does not tell
fn collection_of(expression: &Expression) -> Option<Collection> {
    match expression {
        Expression::Parenthesis(inner) => collection_of(inner.inner()),
        Expression::Array(_) => Some(Collection::List),
        Expression::ForExpr(each) => each.key_expr.is_none().then_some(Collection::List),
        Expression::FuncCall(call) => match call.name.name.as_str() {
            _ if !call.name.namespace.is_empty() => None,
            "fileset" | "setintersection" | "setsubtract" | "setunion" | "toset" => Some(Collection::Set),
            "compact" | "concat" | "distinct" | "flatten" | "formatlist" | "keys" | "range" | "reverse"
            | "sort" | "split" | "tolist" | "values" => Some(Collection::List),
            _ => None,
        },
        // Both branches have one type: that of a list where either is one.
        Expression::Conditional(conditional) => {
            let branches = [&conditional.true_expr, &conditional.false_expr].map(|branch| {
                // An empty list becomes whatever the other is.
                let is_empty = matches!(branch, Expression::Array(items) if items.is_empty());
                (is_empty, collection_of(branch))
            });
            match branches {
                [(true, _), (_, other)] | [(_, other), (true, _)] => other,
                [(_, yes), (_, no)] => yes.filter(|_| yes == no),
            }
        }
        Expression::Null(_)
        | Expression::Bool(_)
        | Expression::Number(_)
        | Expression::String(_)
        | Expression::Object(_)
        | Expression::StringTemplate(_)
        | Expression::HeredocTemplate(_)
        | Expression::Variable(_)
        | Expression::Traversal(_)
        | Expression::UnaryOp(_)
        | Expression::BinaryOp(_) => None,
    }
}

impl Scope<'_> {
    fn bind_value<T>(&self, name: &str, value: &Node, run: &mut dyn FnMut(&Scope<'_>) -> T) -> T {
        run(&self.bind(&Bound { name, value, outer: self.bound }))
    }
}
