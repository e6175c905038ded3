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
}
