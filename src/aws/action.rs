//! Actions: `service:Name`, compared without regard to letter case \[reference_policies_elements_action\].

use std::fmt;

/// One action of one service
#[derive(Clone, Debug)]
pub struct Action {
    text: String,
    colon: usize,
}

impl Action {
    /// The action in `service:Name`; `None` without exactly such a form, or with a wildcard
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (service, name) = text.split_once(':')?;
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        (plain(service) && plain(name)).then(|| Self { text: text.to_owned(), colon: service.len() })
    }

    /// The service's prefix, as written
    #[must_use]
    pub fn service(&self) -> &str {
        self.text.get(..self.colon).unwrap_or("")
    }

    /// The name without the service, as written
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(self.colon + 1..).unwrap_or("")
    }

    /// The whole action as written
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is the action `other` (`service:Name`)
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.text.eq_ignore_ascii_case(other)
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.text)
    }
}

impl Eq for Action {}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
