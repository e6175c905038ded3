//! Zones, by what clocks are known to have shown.

use super::calendar::epoch_day;
use super::*;

fn shown(zone: &Zone, epoch: i64) -> String {
    let it = zone.local(epoch);
    let name = String::from_utf8_lossy(&it.abbreviation).into_owned();
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} {name} {} {}",
        it.year,
        it.month0 + 1,
        it.day,
        it.hour,
        it.minute,
        it.second,
        it.weekday,
        it.yearday
    )
}

#[test]
fn every_day_has_its_date() {
    let zone = Zone::utc();
    assert_eq!(shown(&zone, 0), "1970-01-01 00:00:00 UTC 4 0");
    assert_eq!(shown(&zone, -1), "1969-12-31 23:59:59 UTC 3 364");
    assert_eq!(shown(&zone, 951_782_400), "2000-02-29 00:00:00 UTC 2 59");
    assert_eq!(shown(&zone, 4_133_894_400), "2100-12-31 00:00:00 UTC 5 364");
    for day in (-1_000_000..1_000_000).step_by(89) {
        let it = zone.local(day * 86_400);
        assert_eq!(epoch_day(it.year, it.month0, it.day), day);
    }
    for epoch in [i64::MIN, i64::MAX] {
        zone.local(epoch);
        Zone::named(b"CET-1CEST,M3.5.0,M10.5.0/3").local(epoch);
    }
}

#[test]
fn rules_change_the_clock() {
    let zone = Zone::posix(b"CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    assert_eq!(shown(&zone, 1_774_745_999), "2026-03-29 01:59:59 CET 0 87");
    assert_eq!(shown(&zone, 1_774_746_000), "2026-03-29 03:00:00 CEST 0 87");
    assert_eq!(shown(&zone, 1_792_889_999), "2026-10-25 02:59:59 CEST 0 297");
    assert_eq!(shown(&zone, 1_792_890_000), "2026-10-25 02:00:00 CET 0 297");
    let south = Zone::posix(b"<-03>3<-02>,M10.3.0/0,M2.3.0/0").unwrap();
    assert!(south.local(1_767_225_600).is_dst && !south.local(1_784_567_890).is_dst);
    for wrong in
        ["", "CET", "CET-1CEST,", "CET-1CEST,M3", "CET-1CEST,M3.5.0,M10.5.0/3x", "A168", "<A3"]
    {
        assert_eq!(Zone::posix(wrong.as_bytes()), None, "{wrong}");
    }
}

/// A file of version 2 with one change and a footer.
fn file() -> Vec<u8> {
    let header = |changes: u8| {
        let mut bytes = b"TZif2".to_vec();
        bytes.extend([0; 15]);
        for count in [0, 0, 0, changes, 2, 8] {
            bytes.extend([0, 0, 0, count]);
        }
        bytes
    };
    let kinds = b"\0\0\0\0\0\0\0\0\x0e\x10\0\x04LMT\0CET\0";
    let mut bytes = header(1);
    bytes.extend([0xff, 0, 0, 0, 1]);
    bytes.extend(kinds);
    bytes.extend(header(1));
    bytes.extend([0xff, 0, 0, 0, 0, 0, 0, 0, 1]);
    bytes.extend(kinds);
    bytes.extend(b"\nCET-1\n");
    bytes
}

#[test]
fn files_are_read() {
    let zone = Zone::file(&file()).unwrap();
    assert_eq!(shown(&zone, 0), "1970-01-01 01:00:00 CET 4 0");
    assert_eq!(zone.local(i64::MIN).abbreviation, b"LMT");
}

#[test]
fn broken_files_are_none() {
    let whole = file();
    for end in 0..whole.len() - 7 {
        assert_eq!(Zone::file(&whole[..end]), None, "{end}");
    }
    for at in 0..whole.len() {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut broken = whole.clone();
            broken[at] = byte;
            if let Some(zone) = Zone::file(&broken) {
                [i64::MIN, -1, 0, i64::MAX].iter().for_each(|&epoch| drop(zone.local(epoch)));
            }
        }
    }
}

#[test]
fn names_that_are_none_are_utc() {
    for name in [
        "",
        "Nosuch/Zone",
        "../etc/passwd",
        "Europe",
        "zone.tab",
        "ABC",
        ":UTC",
        "a\0b",
        "/dev/zero",
    ] {
        assert_eq!(Zone::named(name.as_bytes()).local(0).offset, 0, "{name}");
    }
    assert_eq!(Zone::named(b"+3").local(0).offset, -10800);
    assert_eq!(Zone::named(b"XYZ25").local(0).offset, -90000);
}
