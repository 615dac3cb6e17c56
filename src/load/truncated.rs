//! What was not read may have been anything: every identity, and everything that can carry a policy, then carries one of
//! which nothing is known.
//!
//! Knows: limits that cut the input off, and blocks that do not parse. Must not know: what a block would have said. Without
//! this, what was not read would read as denied.

use crate::cause::{Cause, CauseKind};
use crate::load::terraform::carries_rights;
use crate::policy::Policy;
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::Hole;
use crate::world::kind::Kind;
use crate::world::pieces::{Attachment, DocumentRef, Pieces, PolicyRole, Provenance, Reference};

/// Why the input is not whole
pub(super) fn causes(problems: &Problems) -> Vec<Cause> {
    let cut = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::Limit && problem.severity == Severity::Broken);
    cut.map(|problem| {
        let what = match &problem.path {
            Some(path) => format!("{path}: {}", problem.message),
            None => problem.message.clone(),
        };
        Cause { kind: CauseKind::Truncated, what, span: problem.span }
    })
    .collect()
}

/// Whose policies are not whole
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Users, roles and groups
    Identities,
    /// Those of one kind
    Of(Kind),
    /// Everything else
    Resources,
    /// Both
    All,
}

/// Which policies a block of Terraform may have been part of, by the words of its first line; `None` where its absence
/// alone tells
fn part_of(header: &[String]) -> Option<Whose> {
    let words: Vec<&str> = header.iter().map(String::as_str).collect();
    let kind = match words.as_slice() {
        ["resource", kind, ..] => *kind,
        // What refers to one of these is unknown by itself.
        ["data" | "locals" | "module" | "output" | "provider" | "terraform" | "variable", ..] => return None,
        ["check" | "ephemeral" | "import" | "moved" | "removed", ..] => return None,
        _ => return Some(Whose::All),
    };
    match kind {
        // Where the thing itself is missing, so are its policies.
        "aws_iam_group" | "aws_iam_role" | "aws_iam_user" => None,
        kind if kind.starts_with("aws_iam_role_") => Some(Whose::Of(Kind::Role)),
        // A user has the policies of its groups.
        kind if kind.starts_with("aws_iam_user_") || kind.starts_with("aws_iam_group_") => {
            Some(Whose::Of(Kind::User))
        }
        kind if kind.starts_with("aws_iam_") => Some(Whose::Identities),
        kind if carries_rights(kind) => Some(Whose::Resources),
        _ => None,
    }
}

/// Why the input is not whole, of one block that does not parse
pub(super) fn unread(header: &[String], span: Span) -> Option<(Cause, Whose)> {
    let whose = part_of(header)?;
    let what = format!("a block that does not parse: {}", header.join(" "));
    Some((Cause::at(CauseKind::Truncated, what, span), whose))
}

/// Puts every answer about what was read in doubt
pub(super) fn taint(pieces: &mut Pieces, limits: &[Cause], blocks: &[(Cause, Whose)]) {
    let doubts = |of: &[Whose]| -> Vec<Cause> {
        let fits = blocks.iter().filter(|(_, whose)| of.contains(whose));
        limits.iter().cloned().chain(fits.map(|(cause, _)| cause.clone())).collect()
    };
    let identities = |kind| doubts(&[Whose::Of(kind), Whose::Identities, Whose::All]);
    let (users, roles, groups) = (identities(Kind::User), identities(Kind::Role), identities(Kind::Group));
    let resources = doubts(&[Whose::Resources, Whose::All]);
    let hole = Hole::input("what was not read");
    for declared in &pieces.declared {
        let identity = [(Kind::User, &users), (Kind::Role, &roles), (Kind::Group, &groups)];
        let (role, doubts) = match identity.into_iter().find(|(kind, _)| *kind == declared.kind) {
            Some((_, doubts)) => (PolicyRole::Identity, doubts),
            None => (PolicyRole::Resource { qualifier: None }, &resources),
        };
        let Some(first) = doubts.first() else { continue };
        let span = first.span.unwrap_or(Span::NOWHERE);
        pieces.attachments.push(Attachment {
            kind: declared.kind,
            to: Reference { text: declared.arn.clone(), span },
            role,
            document: DocumentRef::Inline(Policy::unknown(&hole, span)),
            name: "what was not read".to_owned(),
            // What stands in a file is evidence, whatever it says.
            provenance: if first.span.is_some() { Provenance::Written } else { Provenance::Assumed },
            span,
            doubts: doubts.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Loaded, Options, embedded};

    const REST: &str = "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n";

    /// The kinds of what is in doubt beside a block that does not parse
    fn doubted(header: &str) -> Vec<Kind> {
        let text = format!("{header} {{\n  x = = 1\n}}\n{REST}");
        let Loaded { pieces, problems, .. } = embedded(&[("main.tf", &text)], &Options::default());
        assert!(problems.broken());
        let unread = pieces.attachments.iter().filter(|one| one.name == "what was not read");
        unread.map(|one| one.kind).collect()
    }

    #[test]
    fn a_block_that_does_not_parse_may_have_been_a_policy_of_anything_of_its_kind() {
        assert_eq!(doubted("resource \"aws_iam_role_policy\" \"p\""), [Kind::Role]);
        assert_eq!(doubted("resource \"aws_iam_policy_attachment\" \"p\""), [Kind::Role]);
        assert_eq!(doubted("resource \"aws_s3_bucket_policy\" \"p\""), [Kind::Bucket]);
        assert_eq!(doubted("resource \"aws_brand_new_policy\" \"p\""), [Kind::Bucket]);
        assert_eq!(doubted("resourc"), [Kind::Role, Kind::Bucket]);
    }

    #[test]
    fn a_block_that_gives_no_rights_leaves_no_doubt() {
        for header in [
            "resource \"aws_vpc\" \"p\"",
            "variable \"v\"",
            "module \"m\"",
            "resource \"aws_iam_user\" \"u\"",
        ] {
            assert_eq!(doubted(header), [], "{header}");
        }
        let text = format!("module \"m\" {{\n  x = = 1\n}}\n{REST}");
        let absent = embedded(&[("main.tf", &text)], &Options::default()).pieces.absent_modules;
        assert_eq!(absent.iter().map(|one| one.address.as_str()).collect::<Vec<_>>(), ["module.m"]);
    }
}
