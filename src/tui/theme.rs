//! How things look: what a piece of text is decides its style, the terminal decides its glyphs.
//!
//! Sixteen colours of the user's own palette, or none; colour never says anything that a glyph or a word does not say as
//! well. Must not know: what is shown.

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// What a piece of text is
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Text
    Plain,
    /// What is there to be looked at second
    Dim,
    /// A heading, a name that is asked about
    Strong,
    /// A key that can be pressed
    Key,
    /// Allowed, holds
    Allow,
    /// Under a condition, undecided
    Maybe,
    /// Denied, violated
    Deny,
    /// There is more than before
    Gained,
    /// There is less than before
    Lost,
    /// The border of a pane
    Border,
    /// The border of the pane that keys act on
    Focus,
    /// What the next key acts on
    Selected,
}

/// Every role, with the letter that tests show it by
pub static ROLES: &[(Role, char)] = &[
    (Role::Plain, ' '),
    (Role::Dim, 'd'),
    (Role::Strong, 's'),
    (Role::Key, 'k'),
    (Role::Allow, 'a'),
    (Role::Maybe, 'm'),
    (Role::Deny, 'x'),
    (Role::Gained, 'g'),
    (Role::Lost, 'l'),
    (Role::Border, 'b'),
    (Role::Focus, 'f'),
    (Role::Selected, 'S'),
];

/// Which colours there are
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// The sixteen of the terminal
    Sixteen,
    /// None: bold, dim, underlined and reversed text alone
    Mono,
}

/// Which characters there are
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Unicode
    Unicode,
    /// ASCII alone
    Ascii,
}

/// How things look on one terminal
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The colours
    pub palette: Palette,
    /// The characters
    pub glyphs: Glyphs,
}

/// What stands for a character where there is ASCII alone
static ASCII: &[(char, &str)] = &[
    ('●', "Y"),
    ('◐', "?"),
    ('✗', "X"),
    ('·', "."),
    ('✓', "v"),
    ('▸', ">"),
    ('▾', "v"),
    ('▌', "|"),
    ('─', "-"),
    ('→', ">"),
    ('←', "<"),
    ('↑', "^"),
    ('↓', "v"),
    ('⏎', "enter"),
    ('⇥', "tab"),
    ('≤', "<="),
    ('│', "|"),
    ('…', "~"),
    ('⟨', "<"),
    ('⟩', ">"),
    ('█', "#"),
    ('░', "."),
    ('—', "-"),
];

impl Theme {
    /// The style of a role
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        let plain = Style::reset();
        let coloured = |colour: Color| match self.palette {
            Palette::Sixteen => plain.fg(colour),
            Palette::Mono => plain,
        };
        match role {
            Role::Plain => plain,
            Role::Dim => coloured(Color::DarkGray).add_modifier(match self.palette {
                Palette::Sixteen => Modifier::empty(),
                Palette::Mono => Modifier::DIM,
            }),
            Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Key => coloured(Color::Cyan).add_modifier(Modifier::BOLD),
            Role::Allow => coloured(Color::Green),
            Role::Maybe => coloured(Color::Yellow),
            Role::Deny => coloured(Color::Red).add_modifier(Modifier::BOLD),
            Role::Gained => coloured(Color::LightRed).add_modifier(Modifier::UNDERLINED),
            Role::Lost => coloured(Color::LightGreen).add_modifier(Modifier::UNDERLINED),
            Role::Border => coloured(Color::DarkGray),
            Role::Focus => coloured(Color::Blue).add_modifier(Modifier::BOLD),
            Role::Selected => plain.add_modifier(Modifier::REVERSED),
        }
    }

    /// A text in the characters that there are
    #[must_use]
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self.glyphs {
            Glyphs::Unicode => Cow::Borrowed(text),
            Glyphs::Ascii if text.is_ascii() => Cow::Borrowed(text),
            Glyphs::Ascii => {
                let mut out = String::new();
                for character in text.chars() {
                    match ASCII.iter().find(|(from, _)| *from == character) {
                        Some((_, to)) => out.push_str(to),
                        None if character.is_ascii() => out.push(character),
                        None => out.push('?'),
                    }
                }
                Cow::Owned(out)
            }
        }
    }

    /// The lines around a pane
    #[must_use]
    pub fn border(self) -> border::Set<'static> {
        match self.glyphs {
            Glyphs::Unicode => border::PLAIN,
            Glyphs::Ascii => border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
        }
    }
}
