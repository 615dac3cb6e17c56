//! What a limit cut off may have been anything: every identity and function carries a policy of which nothing is known.
//!
//! Must not know: which limit it was. Without this, what was not read would read as denied.

use crate::cause::{Cause, CauseKind};
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

/// Puts every answer about what was read in doubt
pub(super) fn taint(pieces: &mut Pieces, causes: &[Cause]) {
    let Some(first) = causes.first() else { return };
    let span = first.span.unwrap_or(Span::NOWHERE);
    let hole = Hole::input("what was not read");
    for declared in &pieces.declared {
        let role = if matches!(declared.kind, Kind::User | Kind::Role | Kind::Group) {
            PolicyRole::Identity
        } else if declared.kind == Kind::Function {
            PolicyRole::Resource { qualifier: None }
        } else {
            continue;
        };
        pieces.attachments.push(Attachment {
            kind: declared.kind,
            to: Reference { text: declared.arn.clone(), span },
            role,
            document: DocumentRef::Inline(Policy::unknown(&hole, span)),
            name: "what was not read".to_owned(),
            provenance: Provenance::Assumed,
            span,
            doubts: causes.to_vec(),
        });
    }
}
