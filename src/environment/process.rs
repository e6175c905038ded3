//! The environment as a process would have got it, for a program that is started for a call over TCP.

use super::{Environment, number};

impl Environment {
    /// The block with its empty line, without what only calls over TCP have, and with this request: all else is as
    /// Asterisk sent it.
    pub(crate) fn as_process(&self, request: &[u8]) -> Vec<u8> {
        let mut block = Vec::with_capacity(self.block.len() + request.len());
        let over_tcp = usize::from(self.network()) + usize::from(self.network_script().is_some());
        let mut request = Some(request);
        for (name, value) in self.variables.iter().skip(over_tcp) {
            let bytes = |range| self.block.get(range).unwrap_or_default();
            // Of an argument that imitates it nothing is taken away: the first one counts.
            match request.take_if(|_| bytes(name.clone()) == b"agi_request") {
                Some(request) => {
                    block.extend_from_slice(b"agi_request: ");
                    block.extend_from_slice(request);
                }
                None => block.extend_from_slice(bytes(name.start..value.end)),
            }
            block.push(b'\n');
        }
        block.push(b'\n');
        block
    }

    /// Takes the last argument away, however often there is one of its number: it was a secret, and is nothing for scripts
    /// and their process lists.
    pub(crate) fn forget_last_argument(&mut self) {
        let Ok(last @ 1..) = u32::try_from(self.args().count()) else { return };
        let mut block = Vec::with_capacity(self.block.len());
        let mut variables = Vec::with_capacity(self.variables.len());
        for (name, value) in &self.variables {
            if number(self.text(name)) == Some(last) {
                continue;
            }
            let line = self.block.get(name.start..value.end).unwrap_or_default();
            let shift = name.start - block.len(); // something was taken away, or nothing
            variables.push((
                name.start - shift..name.end - shift,
                value.start - shift..value.end - shift,
            ));
            block.extend_from_slice(line);
            block.push(b'\n');
        }
        (self.block, self.variables) = (block.into(), variables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVER_TCP: &[u8] = b"agi_network: yes\nagi_network_script: menu.pl?x=1\n\
        agi_request: agi://host/menu.pl?x=1\nagi_channel: SIP/x\nagi_accountcode: \n\
        agi_arg_1: a: b\ntwo lines\nagi_arg_2: agi_request: \xff\nagi_request: forged\n\n";

    #[test]
    fn a_process_gets_what_asterisk_sent() {
        let environment = Environment::parse(OVER_TCP);
        let expected = b"agi_request: menu.pl\nagi_channel: SIP/x\nagi_accountcode: \n\
            agi_arg_1: a: b\ntwo lines\nagi_arg_2: agi_request: \xff\nagi_request: forged\n\n";
        assert_eq!(environment.as_process(b"menu.pl"), expected);
        let plain = Environment::parse(b"agi_network: yes\nagi_request: agi://host\n\n");
        assert_eq!(plain.as_process(b""), b"agi_request: \n\n");
        assert_eq!(Environment::default().as_process(b"x"), b"\n");
    }

    #[test]
    fn a_secret_is_forgotten() {
        let mut environment =
            Environment::parse(b"agi_request: x\nagi_arg_1: a\nagi_arg_2: s3\n\n");
        environment.forget_last_argument();
        assert_eq!(environment.as_process(b"x"), b"agi_request: x\nagi_arg_1: a\n\n");
        environment.forget_last_argument();
        environment.forget_last_argument();
        assert_eq!(environment.as_process(b"y"), b"agi_request: y\n\n");
        // No Asterisk sends these.
        for odd in
            ["agi_arg_1: s3\nagi_arg_1: s3\n", "agi_arg_1: s3\nagi_x: y\n", "\nx\nagi_arg_1: s3\n"]
        {
            let mut environment = Environment::parse(odd.as_bytes());
            environment.forget_last_argument();
            assert!(!format!("{environment:?}").contains("115, 51"), "{odd}");
            assert!(environment.args().next().is_none() && environment.get("agi_arg_1").is_none());
            let rest = environment.get("agi_x").is_none_or(|value| value == "y");
            assert!(rest && !environment.as_process(b"").windows(2).any(|it| it == b"s3"), "{odd}");
        }
    }
}
