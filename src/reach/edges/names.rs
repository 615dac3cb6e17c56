//! Names that a caller's requests may have: what a pattern of a policy leaves to choose, chosen.
//!
//! A request is about something concrete. Where a policy allows `uploads/*`, some name of that form is asked for, and where
//! it allows `${aws:username}/*`, the caller's own \[reference_policies_variables\]. Must not know: what is called.

use crate::eval::context::{Context, Others};
use crate::eval::derive;
use crate::eval::request::{Caller, Request};
use crate::eval::variables::{Live, Values, fill, has_variables};
use crate::reach::edges::action;
use crate::text::Text;
use crate::world::data::instance;

/// A pattern as it reads for a caller: its variables filled in, and also as it stands, which is what a document of the
/// older version means; one that has no value for this caller fits nothing
pub(super) fn read_by(who: &Caller, pattern: &Text) -> Vec<Text> {
    let mut out = vec![pattern.clone()];
    if has_variables(pattern) {
        // Variables of resources are keys of the caller; what else a request has is not known before it is made.
        let request = Request {
            caller: who.clone(),
            action: action("sts:GetCallerIdentity"),
            resource: Text::from("*"),
            owner: None,
            context: Context::new(Others::Unknown),
        };
        let filled = fill(pattern, Live::Everywhere, |key| derive::value(&request, key));
        if !matches!(filled.values, Values::Missing(_) | Values::Several(_)) {
            out.push(filled.text);
        }
    }
    out
}

/// Names that a pattern of a caller's policy allows, one for each way to read it
pub(super) fn named_by(who: &Caller, pattern: &Text) -> impl Iterator<Item = Text> {
    read_by(who, pattern).into_iter().map(|read| instance(&read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_stands_for_what_the_caller_is() {
        let ann = Caller::User(Text::from("arn:aws:iam::111122223333:user/ops/ann"));
        let named = |who: &Caller, pattern: &str| {
            named_by(who, &Text::from(pattern)).map(|name| name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(named(&ann, "home/*.txt"), ["home/x.txt"]);
        assert_eq!(named(&ann, "home/${aws:username}/*"), ["home/${aws:username}/x", "home/ann/x"]);
        let role = Text::from("arn:aws:iam::111122223333:role/etl");
        let session = Caller::Session { role, name: None };
        assert_eq!(named(&session, "home/${aws:username}/*"), ["home/${aws:username}/x"]);
        assert_eq!(named(&session, "${aws:PrincipalTag/team}/*").len(), 2);
    }
}
