//! The screens: each one file with its state, what it shows, and what keys do there.

pub mod asserts;
pub mod explain;
pub mod invoke;
pub mod policies;
pub mod reach;

/// One screen
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Screen {
    /// Who can invoke what
    Invoke,
    /// What follows, step by step
    Reach,
    /// Statements, to be switched off and edited
    Policies,
    /// One decision
    Explain,
    /// Claims
    Asserts,
}

/// Every screen, in the order of its number
pub static SCREENS: &[Screen] =
    &[Screen::Invoke, Screen::Reach, Screen::Policies, Screen::Explain, Screen::Asserts];

impl Screen {
    /// Its name on the tab line
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Invoke => "Invoke",
            Self::Reach => "Reach",
            Self::Policies => "Policies",
            Self::Explain => "Explain",
            Self::Asserts => "Asserts",
        }
    }

    /// Its place among the screens
    #[must_use]
    pub fn index(self) -> usize {
        SCREENS.iter().position(|screen| *screen == self).unwrap_or(0)
    }
}

/// What rows were made of; where it is another, they are made again
pub type Stamp = (u64, u64, String);

/// Moves a place in a list
#[must_use]
pub fn moved(at: usize, by: isize, len: usize) -> usize {
    at.saturating_add_signed(by).min(len.saturating_sub(1))
}
