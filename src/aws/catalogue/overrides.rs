//! What AWS pages say and the table does not, a row each with its page.
//!
//! Rows are laid over a service when it is read. Must not know: how the table is written.

use super::{ResourceType, Service, gcat};

/// A form of ARN that a resource type has as well
struct ArnRow {
    service: &'static str,
    resource: &'static str,
    arn: &'static str,
    source: &'static str,
}

static ARNS: &[ArnRow] = &[
    // Every action on a function may name a version, an alias or `$LATEST`.
    ArnRow {
        service: "lambda",
        resource: "function",
        arn: "arn:$P:lambda:$R:$A:function:${FunctionName}:${Qualifier}",
        source: "lambda-api-permissions-ref",
    },
    ArnRow {
        service: "lambda",
        resource: "webfunctionendpoint",
        arn: "arn:$P:lambda:$R:$A:web-function/${WebFunctionName}/endpoint/${EndpointName}",
        source: "web-functions-endpoint-access-control",
    },
];

/// Lays the rows of this service over what its table lists
pub(super) fn apply(service: &mut Service) {
    for row in ARNS.iter().filter(|row| row.service == service.prefix) {
        let arn = gcat::template(row.arn, Some(row.source));
        match service.resources.iter_mut().find(|known| known.name.eq_ignore_ascii_case(row.resource)) {
            Some(kind) => kind.arns.push(arn),
            None => {
                service.resources.push(ResourceType { name: row.resource, arns: vec![arn], keys: Vec::new() })
            }
        }
    }
}
