//! What the keys of the keyboard do.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What the person at the keyboard wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// A key of the telephone.
    Press(char),
    HangUp,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    /// A key without a meaning: when the call is over, it leaves.
    Other,
}

/// What a key means; nothing for one that is released.
pub(super) fn wish(key: KeyEvent) -> Option<Wish> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return Some(match key.code {
            KeyCode::Char('c') => Wish::Interrupt,
            KeyCode::Char('z') => Wish::Suspend,
            KeyCode::Char('l') => Wish::Redraw,
            _ => Wish::Other,
        });
    }
    Some(match key.code {
        KeyCode::Char(key @ ('0'..='9' | '*' | '#' | 'A'..='D')) => Wish::Press(key),
        KeyCode::Char(key @ 'a'..='d') => Wish::Press(key.to_ascii_uppercase()),
        KeyCode::Char('h' | 'H') | KeyCode::Esc => Wish::HangUp,
        KeyCode::Up => Wish::Up,
        KeyCode::Down => Wish::Down,
        KeyCode::PageUp => Wish::PageUp,
        KeyCode::PageDown => Wish::PageDown,
        KeyCode::Home => Wish::Top,
        KeyCode::End => Wish::Bottom,
        _ => Wish::Other,
    })
}

/// The line that is held at the bottom after scrolling; none where the last one is.
pub(super) fn scrolled(
    hold: Option<u64>,
    wish: Wish,
    bounds: (u64, u64),
    page: u64,
) -> Option<u64> {
    let (first, end) = bounds;
    let last = end.checked_sub(1)?;
    let at = hold.unwrap_or(last);
    // At the top a page is full.
    let top = (first + page - 1).min(last);
    let at = match wish {
        Wish::Up => at.saturating_sub(1).max(top),
        Wish::PageUp => at.saturating_sub(page).max(top),
        Wish::Top => top,
        Wish::Down => at + 1,
        Wish::PageDown => at + page,
        _ => last,
    };
    (at < last).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyboard_is_the_keypad() {
        let plain = |code| wish(KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(plain(KeyCode::Char('#')), Some(Wish::Press('#')));
        assert_eq!(plain(KeyCode::Char('d')), Some(Wish::Press('D')));
        assert_eq!(plain(KeyCode::Char('e')), Some(Wish::Other));
        assert_eq!(plain(KeyCode::Esc), Some(Wish::HangUp));
        assert_eq!(plain(KeyCode::PageUp), Some(Wish::PageUp));
        let shifted = KeyEvent::new(KeyCode::Char('*'), KeyModifiers::SHIFT);
        assert_eq!(wish(shifted), Some(Wish::Press('*')));
        let control = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(wish(control), Some(Wish::Interrupt));
        let control = KeyEvent::new(KeyCode::Char('1'), KeyModifiers::CONTROL);
        assert_eq!(wish(control), Some(Wish::Other), "no key of the telephone");
    }

    #[test]
    fn scrolling_holds_a_line() {
        let bounds = (100, 200);
        let at = |hold, wish| scrolled(hold, wish, bounds, 10);
        assert_eq!(at(None, Wish::Up), Some(198));
        assert_eq!(at(Some(198), Wish::Down), None);
        assert_eq!(at(Some(150), Wish::PageUp), Some(140));
        assert_eq!(at(Some(112), Wish::PageUp), Some(109), "the first page is full");
        assert_eq!(at(Some(150), Wish::Top), Some(109));
        assert_eq!(at(Some(195), Wish::PageDown), None);
        assert_eq!(at(Some(150), Wish::Bottom), None);
        assert_eq!(scrolled(None, Wish::Up, (0, 3), 10), None, "all of it is there");
        assert_eq!(scrolled(None, Wish::Up, (0, 0), 10), None);
    }
}
