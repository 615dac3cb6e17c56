//! Panes: a border with a title, lines inside, one of them perhaps selected, and a remark on the lower edge.
//!
//! A list keeps what is selected in sight; where it is cut is a matter of drawing and of nothing else. Must not know: what
//! the lines are about.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::theme::{Role, Theme};
use crate::tui::words::Words;

/// Whether keys act on a pane
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// They do
    Here,
    /// Another one
    Elsewhere,
}

/// One pane
#[derive(Clone, Debug)]
pub struct Pane {
    /// What it is about
    pub title: Words,
    /// Lines that stay where they are, above those that move
    pub head: Vec<Words>,
    /// What is in it
    pub lines: Vec<Words>,
    /// The line that keys act on
    pub selected: Option<usize>,
    /// A remark on the lower edge
    pub remark: String,
    /// Whether keys act on the selected line
    pub focus: Focus,
    /// Whether keys act on the pane
    pub border: Focus,
}

impl Pane {
    /// A pane that keys do not act on
    #[must_use]
    pub fn new(title: Words, lines: Vec<Words>) -> Self {
        Self {
            title,
            head: Vec::new(),
            lines,
            selected: None,
            remark: String::new(),
            focus: Focus::Elsewhere,
            border: Focus::Elsewhere,
        }
    }

    /// The same with a selected line
    #[must_use]
    pub fn select(mut self, selected: Option<usize>, focus: Focus) -> Self {
        self.selected = selected;
        (self.focus, self.border) = (focus, focus);
        self
    }

    /// The same with the border of a pane that keys act on, or not; lines stay as they are
    #[must_use]
    pub fn focused(mut self, focus: Focus) -> Self {
        self.border = focus;
        self
    }

    /// The same with a remark
    #[must_use]
    pub fn remark(mut self, remark: impl Into<String>) -> Self {
        self.remark = remark.into();
        self
    }

    /// Draws it
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: Theme) {
        if area.width < 4 || area.height < 3 {
            return;
        }
        self.frame(area, buffer, theme);
        let width = usize::from(area.width - 2);
        let height = usize::from(area.height - 2);
        let head = self.head.len().min(height.saturating_sub(1));
        let first = first(self.selected, self.lines.len(), height - head);
        let lines = self.lines.iter().enumerate().skip(first).take(height - head);
        let fixed = self.head.iter().take(head).map(|line| (line, false));
        let moving = lines.map(|(at, line)| (line, self.selected == Some(at)));
        for (row, (line, is_selected)) in (area.y + 1..).zip(fixed.chain(moving)) {
            let line = if is_selected { line.clone().padded(width) } else { line.clone() };
            let line = if is_selected && self.focus == Focus::Here { line.selected() } else { line };
            buffer.set_line(area.x + 1, row, &line.line(theme, width), area.width - 2);
        }
    }

    fn frame(&self, area: Rect, buffer: &mut Buffer, theme: Theme) {
        let role = match self.border {
            Focus::Here => Role::Focus,
            Focus::Elsewhere => Role::Border,
        };
        let (style, set) = (theme.style(role), theme.border());
        let (left, right) = (area.x, area.x + area.width - 1);
        let (top, bottom) = (area.y, area.y + area.height - 1);
        let mut put = |x: u16, y: u16, symbol: &str| {
            if let Some(cell) = buffer.cell_mut(Position { x, y }) {
                cell.set_symbol(symbol).set_style(style);
            }
        };
        for x in left..=right {
            put(x, top, set.horizontal_top);
            put(x, bottom, set.horizontal_bottom);
        }
        for y in top..=bottom {
            put(left, y, set.vertical_left);
            put(right, y, set.vertical_right);
        }
        put(left, top, set.top_left);
        put(right, top, set.top_right);
        put(left, bottom, set.bottom_left);
        put(right, bottom, set.bottom_right);
        let room = area.width.saturating_sub(4);
        if self.title.width() > 0 {
            let title = Words::plain(" ").joined(&self.title).with(Role::Plain, " ");
            buffer.set_line(left + 1, top, &title.line(theme, usize::from(room)), room);
        }
        if !self.remark.is_empty() {
            let remark = Words::of(Role::Dim, &format!(" {} ", self.remark));
            let width = u16::try_from(remark.width()).unwrap_or(u16::MAX).min(room);
            let line = remark.line(theme, usize::from(width));
            buffer.set_line(right - 1 - width, bottom, &line, width);
        }
    }
}

/// The first line in sight
fn first(selected: Option<usize>, lines: usize, height: usize) -> usize {
    let last = lines.saturating_sub(height);
    selected.map_or(0, |at| at.saturating_sub(height / 2).min(last))
}
