//! Who may call: addresses, and a secret in the dialplan's last argument.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use constant_time_eq::constant_time_eq;
use ipnet::IpNet;

use crate::environment::Environment;

/// What is asked of a caller.
#[derive(Default)]
pub(super) struct Access {
    networks: Vec<IpNet>,
    secret: Option<Vec<u8>>,
}

impl Access {
    pub(super) fn allow(&mut self, network: &str) -> io::Result<()> {
        let one = network.parse::<IpAddr>().map(IpNet::from);
        let network = one.or_else(|_| network.parse()).map_err(|_| {
            let what = "is no network; write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32";
            io::Error::new(ErrorKind::InvalidInput, format!("{network:?} {what}"))
        })?;
        self.networks.push(network);
        Ok(())
    }

    pub(super) fn set_secret(&mut self, secret: Vec<u8>) {
        self.secret = Some(secret);
    }

    /// Whether somebody from there may call. Without a list everybody may who gets here.
    pub(super) fn lets_in(&self, peer: SocketAddr) -> bool {
        // An IPv4 address reaches an IPv6 socket as ::ffff:192.0.2.7.
        let ip = peer.ip().to_canonical();
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(&ip))
    }

    pub(super) fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// Whether the last argument is the secret, where there is one.
    pub(super) fn trusts(&self, environment: &Environment) -> bool {
        let Some(secret) = &self.secret else { return true };
        let said = environment.args().last().unwrap_or_default();
        // Every argument costs the same time, right or wrong, unless its length is another one. An empty secret is one
        // that somebody forgot to say: a call without arguments would have it.
        !secret.is_empty() && constant_time_eq(secret, said.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_in_who_is_listed() {
        let from = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 1000);
        let mut access = Access::default();
        assert!(access.lets_in(from("203.0.113.9")));
        access.allow("192.0.2.0/24").unwrap();
        access.allow("2001:db8::7").unwrap();
        for (ip, expected) in [
            ("192.0.2.200", true),
            ("::ffff:192.0.2.200", true),
            ("192.0.3.1", false),
            ("2001:db8::7", true),
            ("2001:db8::8", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(access.lets_in(from(ip)), expected, "{ip}");
        }
        assert!(access.allow("192.0.2.0/33").unwrap_err().to_string().contains("no network"));
    }

    #[test]
    fn trusts_who_knows_the_secret() {
        let mut access = Access::default();
        let called = |args: &str| Environment::parse(args.as_bytes());
        assert!(access.trusts(&called("")));
        access.set_secret(b"open sesame".to_vec());
        assert!(access.trusts(&called("agi_arg_1: x\nagi_arg_2: open sesame\n")));
        for wrong in ["", "agi_arg_1: open sesame\nagi_arg_2: \n", "agi_arg_1: open sesamf\n"] {
            assert!(!access.trusts(&called(wrong)), "{wrong}");
        }
        access.set_secret(Vec::new());
        assert!(!access.trusts(&called("")) && !access.trusts(&called("agi_arg_1: \n")));
    }
}
