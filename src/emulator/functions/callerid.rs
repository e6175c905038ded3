//! CALLERID(…).

use crate::emulator::identity::{Identity, parse, presentation, presentation_name};
use crate::emulator::number::scan;

/// What `CALLERID(item)` gives; an item that there is not gives nothing, which is not a failure.
pub(super) fn read(identity: &Identity, arguments: &[u8]) -> Option<Vec<u8>> {
    let (item, text) = match arguments.iter().position(|&byte| byte == b',') {
        Some(at) => (arguments.get(..at)?, arguments.get(at + 1..)),
        None => (arguments, None),
    };
    if item.is_empty() {
        return None;
    }
    let item = item.to_ascii_lowercase();
    if let Some(text) = text {
        // Of a text, not of the channel.
        let (name, number) = parse(text);
        return Some(match item.as_slice() {
            b"name" => name,
            b"num" | b"number" => number,
            b"all" => Identity::all(&name, &number),
            _ => Vec::new(),
        });
    }
    let flag = |yes: bool| if yes { b"1".to_vec() } else { b"0".to_vec() };
    let number = |number: i32| number.to_string().into_bytes();
    let named = |presentation: u8| presentation_name(presentation).into();
    let id = identity;
    Some(match item.as_slice() {
        b"all" => Identity::all(&id.name.text, &id.number.text),
        b"name" => id.name.text.clone(),
        b"num" | b"number" => id.number.text.clone(),
        b"name-valid" => flag(id.name.valid),
        b"num-valid" | b"number-valid" => flag(id.number.valid),
        b"name-pres" => named(id.name.presentation),
        b"num-pres" | b"number-pres" => named(id.number.presentation),
        b"name-charset" => id.charset.clone().unwrap_or_else(|| b"iso8859-1".to_vec()),
        b"num-plan" | b"ton" => number(id.plan),
        b"pres" => named(id.presentation()),
        b"subaddr-valid" | b"subaddr-type" | b"subaddr-odd" => b"0".to_vec(),
        b"tag" => id.tag.clone(),
        b"ani" | b"ani-num" => id.ani.clone(),
        b"ani-name" => id.ani_name.clone(),
        b"ani-all" => Identity::all(&id.ani_name, &id.ani),
        b"ani2" => number(id.ani2),
        b"dnid" => id.dnid.clone(),
        b"dnid-num-plan" => number(id.dnid_plan),
        b"rdnis" => id.rdnis.clone(),
        b"priv-all" => Identity::all(b"", b""),
        _ => Vec::new(),
    })
}

/// Sets what can be set.
pub(super) fn write(identity: &mut Identity, arguments: &[u8], value: &[u8]) {
    let item = arguments.split(|&byte| byte == b',').next().unwrap_or_default();
    match item.to_ascii_lowercase().as_slice() {
        b"all" => identity.set_all(value),
        b"name" => identity.name.set(value),
        b"num" | b"number" => identity.number.set(value),
        b"name-valid" => identity.name.valid = scan(value).is_some_and(|it| it != 0),
        b"num-valid" | b"number-valid" => {
            identity.number.valid = scan(value).is_some_and(|it| it != 0);
        }
        b"name-pres" => set_presentation(&mut identity.name.presentation, value),
        b"num-pres" | b"number-pres" => {
            set_presentation(&mut identity.number.presentation, value);
        }
        b"pres" => {
            set_presentation(&mut identity.name.presentation, value);
            set_presentation(&mut identity.number.presentation, value);
        }
        b"name-charset" if [&b"iso8859-1"[..], b"utf8", b"bitmap", b"unknown"].contains(&value) => {
            identity.charset = Some(value.to_vec());
        }
        b"num-plan" | b"ton" => identity.plan = scan(value).unwrap_or(identity.plan),
        b"tag" => identity.tag = value.to_vec(),
        b"ani" | b"ani-num" => identity.ani = value.to_vec(),
        b"ani-name" => identity.ani_name = value.to_vec(),
        b"ani2" => identity.ani2 = scan(value).unwrap_or(identity.ani2),
        b"dnid" => identity.dnid = value.to_vec(),
        b"dnid-num-plan" => identity.dnid_plan = scan(value).unwrap_or(identity.dnid_plan),
        b"rdnis" => identity.rdnis = value.to_vec(),
        _ => {}
    }
}

fn set_presentation(old: &mut u8, value: &[u8]) {
    if let Some(new) = presentation(value) {
        *old = new;
    }
}
