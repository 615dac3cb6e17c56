//! Lines of text, each piece with what it is. The one way by which text comes to the screen: control characters and
//! bidirectional overrides are spelled out here.

use ratatui::text::{Line, Span};

use crate::report::escape::escape;
use crate::tui::theme::{Role, Theme};

/// One line
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<(Role, String)>);

impl Words {
    /// An empty line
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of plain text
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self::of(Role::Plain, text)
    }

    /// A line of one piece
    #[must_use]
    pub fn of(role: Role, text: &str) -> Self {
        Self::new().with(role, text)
    }

    /// The line with a piece more
    #[must_use]
    pub fn with(mut self, role: Role, text: &str) -> Self {
        self.push(role, text);
        self
    }

    /// The line followed by another
    #[must_use]
    pub fn joined(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// Adds a piece
    pub fn push(&mut self, role: Role, text: &str) {
        if !text.is_empty() {
            self.0.push((role, escape(text).into_owned()));
        }
    }

    /// Fills up with spaces to a width in characters
    #[must_use]
    pub fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.push(Role::Plain, &" ".repeat(missing));
        self
    }

    /// How many characters it has
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.chars().count()).sum()
    }

    /// Its text without what it is
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// The line as it is drawn, cut to a width in characters
    #[must_use]
    pub fn line(&self, theme: Theme, width: usize) -> Line<'static> {
        let mut left = width;
        let mut spans: Vec<Span<'static>> = Vec::new();
        let is_long = self.width() > width;
        for (role, text) in &self.0 {
            let room = if is_long { left.saturating_sub(1) } else { left };
            let part: String = text.chars().take(room).collect();
            left = left.saturating_sub(part.chars().count());
            spans.push(Span::styled(theme.text(&part).into_owned(), theme.style(*role)));
        }
        if is_long {
            spans.push(Span::styled(theme.text("…").into_owned(), theme.style(Role::Dim)));
        }
        Line::from(spans)
    }

    /// The line of what the next key acts on
    #[must_use]
    pub fn selected(&self) -> Self {
        Self(vec![(Role::Selected, self.text())])
    }
}

/// Breaks a text into lines of at most a width, at spaces where it can
#[must_use]
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split(' ') {
            let fits = current.chars().count() + 1 + word.chars().count() <= width;
            if !current.is_empty() && !fits {
                out.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            for character in word.chars() {
                if current.chars().count() == width {
                    out.push(std::mem::take(&mut current));
                }
                current.push(character);
            }
        }
        out.push(current);
    }
    out
}
