//! Characters, as SAY DIGITS, SAY ALPHA and SAY PHONETIC say them.

/// `folder/` and a character.
fn in_folder(folder: &str, byte: u8) -> Vec<u8> {
    [folder.as_bytes(), &[byte]].concat()
}

/// The sound of a character in SAY DIGITS, which passes over others.
pub(crate) fn digit(byte: u8) -> Option<Vec<u8>> {
    match byte {
        b'*' => Some(b"digits/star".to_vec()),
        b'#' => Some(b"digits/pound".to_vec()),
        b'-' => Some(b"digits/minus".to_vec()),
        b'0'..=b'9' => Some(in_folder("digits/", byte)),
        _ => None,
    }
}

/// The sounds of a character in SAY ALPHA, of which the first that exists is played: its own, and one by its code, a
/// signed one.
pub(crate) fn letter(byte: u8) -> [Vec<u8>; 2] {
    let own = named(byte).unwrap_or_else(|| in_folder("letters/", byte.to_ascii_lowercase()));
    [own, format!("letters/ascii{}", byte.cast_signed()).into_bytes()]
}

/// The sound of a character in SAY PHONETIC: alfa, bravo, …. (9 is niner.)
pub(crate) fn phonetic(byte: u8) -> Vec<u8> {
    let letter = || [b"phonetic/", &[byte.to_ascii_lowercase()][..], b"_p"].concat();
    named(byte).filter(|_| byte != b'9').unwrap_or_else(letter)
}

/// Characters whose sound has a name of its own, in SAY ALPHA and SAY PHONETIC.
pub(crate) fn named(byte: u8) -> Option<Vec<u8>> {
    let name = match byte {
        b'*' => "digits/star",
        b'#' => "digits/pound",
        b'!' => "letters/exclaimation-point",
        b'@' => "letters/at",
        b'$' => "letters/dollar",
        b'-' => "letters/dash",
        b'.' => "letters/dot",
        b'=' => "letters/equals",
        b'+' => "letters/plus",
        b'/' => "letters/slash",
        b' ' => "letters/space",
        b'0'..=b'9' => return Some(in_folder("digits/", byte)),
        _ => return None,
    };
    Some(name.into())
}
