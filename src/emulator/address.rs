//! Where a FastAGI server is, as the dialplan's `AGI()` takes it: `agi://host[:port][/path?query]`.

use std::io::{self, ErrorKind};
use std::str::FromStr;

use crate::stream::FASTAGI_PORT;

/// Where a FastAGI server is, as the dialplan's `AGI()` takes it: `agi://host[:port][/path?query]`.
///
/// ```
/// use agikit::emulator::Address;
///
/// let address: Address = "agi://[::1]/account?language=de".parse()?;
/// assert_eq!((address.host(), address.port()), ("::1", 4573));
/// assert!("agi://localhost:http/".parse::<Address>().is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name, or a number without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// All that stands behind the first slash, as it stands there: path, query and fragment.
    pub(super) script: String,
}

/// What stands behind the scheme, and whether that asks for records in DNS.
fn scheme(text: &str) -> Option<(&str, bool)> {
    [("agi://", false), ("hagi://", true)].into_iter().find_map(|(scheme, by_records)| {
        let (own, rest) = text.split_at_checked(scheme.len())?;
        own.eq_ignore_ascii_case(scheme).then_some((rest, by_records))
    })
}

/// Whether `AGI()` takes this for a server's address and not for a program's file.
pub(super) fn is_address(text: &str) -> bool {
    scheme(text).is_some()
}

impl FromStr for Address {
    type Err = io::Error;

    fn from_str(text: &str) -> io::Result<Self> {
        Address::parse(text).map_err(|why| io::Error::new(ErrorKind::InvalidInput, why))
    }
}

impl Address {
    /// The host: a name, or a number without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port: FastAGI's 4573 unless another one was said.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes an address apart as Asterisk does, or says what is wrong with it. What is said tells of the host
    /// only: a query may hold a secret.
    pub(super) fn parse(text: &str) -> Result<Address, String> {
        let Some((rest, by_records)) = scheme(text) else {
            return Err("an address of a FastAGI server begins with agi://".to_owned());
        };
        let (place, script) = rest.split_once('/').unwrap_or((rest, ""));
        if place.contains('@') {
            return Err("Asterisk knows no user and no password in an address: begin with the \
                        host, such as agi://127.0.0.1"
                .to_owned());
        }
        if let Some((host, _)) = place.split_once(['?', '#']) {
            return Err(format!(
                "Asterisk takes all up to the first slash for the host: write agi://{host}/?..."
            ));
        }
        let (host, port) = apart(place)?;
        if host.is_empty() {
            return Err("the address names no host: it is like agi://127.0.0.1:4573/".to_owned());
        }
        if by_records && port.is_empty() {
            return Err(format!(
                "hagi:// asks DNS for the servers of {host} (SRV records of _agi._tcp.{host}), \
                 which the emulator does not: write the address of one of them, agi://HOST:PORT"
            ));
        }
        let port = match port {
            "" => FASTAGI_PORT,
            port => match port.parse() {
                Ok(0) => FASTAGI_PORT,
                Ok(number) => number,
                Err(_) => return Err(format!("{port:?} is no port: it is a number up to 65535")),
            },
        };
        Ok(Address { host: host.to_owned(), port, script: script.to_owned() })
    }
}

/// Host and port. Without brackets a host with several colons is an IPv6 address, and has no port.
fn apart(place: &str) -> Result<(&str, &str), String> {
    if let Some(inside) = place.strip_prefix('[') {
        let Some((host, behind)) = inside.split_once(']') else {
            return Err("the ] behind the IPv6 address is missing".to_owned());
        };
        return match behind.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if behind.is_empty() => Ok((host, "")),
            None => Err(format!("behind [{host}] comes a port, as in [{host}]:4573")),
        };
    }
    Ok(match place.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port),
        _ => (place, ""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(text: &str, host: &str, port: u16, script: &str) {
        let (host, script) = (host.to_owned(), script.to_owned());
        assert_eq!(Address::parse(text), Ok(Address { host, port, script }), "{text}");
    }

    #[test]
    fn takes_addresses_apart() {
        is("agi://localhost", "localhost", 4573, "");
        is("AGI://Host.example:99/", "Host.example", 99, "");
        is("agi://h:/x", "h", 4573, "x");
        is("agi://h:0/x", "h", 4573, "x");
        is("agi://h:1/a/b%20c?d=e&f:g@h#i/j?k", "h", 1, "a/b%20c?d=e&f:g@h#i/j?k");
        is("agi://h//x", "h", 4573, "/x");
        is("agi://h/?x", "h", 4573, "?x");
        is("hagi://h:7/x", "h", 7, "x");
        is("Hagi://[::1]:7/x", "::1", 7, "x");
    }

    #[test]
    fn ipv6_may_stand_bare() {
        is("agi://[::1]:4574/x", "::1", 4574, "x");
        is("agi://[::1]/x", "::1", 4573, "x");
        is("agi://[fe80::1%eth0]:", "fe80::1%eth0", 4573, "");
        is("agi://::1/x", "::1", 4573, "x");
        is("agi://::1:99/x", "::1:99", 4573, "x"); // no port, as with Asterisk
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, said) in [
            ("agi:///x", "no host"),
            ("agi://:4573/x", "no host"),
            ("agi://[]/x", "no host"),
            ("agi://h:http/x", "\"http\" is no port"),
            ("agi://h:65536/x", "\"65536\" is no port"),
            ("agi://h:-1/x", "\"-1\" is no port"),
            ("agi://h?x=1", "agi://h/?"),
            ("agi://me:pass@h/x", "no password"),
            ("agi://[::1", "] behind"),
            ("agi://[::1]4573", "[::1]:4573"),
            ("hagi://example.org/x", "_agi._tcp.example.org"),
            ("hagi://example.org:/x", "agi://HOST:PORT"),
            ("http://h/x", "agi://"),
        ] {
            let why = Address::parse(text).unwrap_err();
            assert!(why.contains(said) && !why.contains("pass@"), "{text}: {why}");
        }
    }

    #[test]
    fn programs_have_other_names() {
        for text in ["", "agi:/", "agi:async", "agis://h", "http://h", "./agi://h", "agi", "ägi://"]
        {
            assert!(!is_address(text), "{text}");
        }
        for text in ["agi://", "aGI://x", "HAGI://x"] {
            assert!(is_address(text), "{text}");
        }
    }
}
