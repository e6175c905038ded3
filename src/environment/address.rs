//! What stands behind the host in `agi://host/path?query`.

use super::Environment;
use crate::text::{Text, Value};

impl Environment {
    /// The path of `agi://host/path?query`, decoded, without slashes at its ends; empty without one.
    ///
    /// ```
    /// use agikit::Environment;
    ///
    /// let block = b"agi_network: yes\nagi_network_script: menu/main%20hall/?tries=3\n";
    /// assert_eq!(Environment::parse(block).network_path(), "menu/main hall");
    /// ```
    #[must_use]
    pub fn network_path(&self) -> Value {
        let (path, _) = self.address();
        decode(trim(path)).into()
    }

    /// A parameter of the address: of its path (a route's `{name}`), otherwise of its
    /// query; the first of that name. `None` without one, and where no address called the script.
    ///
    /// `%XX` is decoded, and `+` stays what it is: telephone numbers begin with it. What a caller can choose belongs into
    /// the dialplan's `${URIENCODE(…)}`, so that it cannot add parameters.
    ///
    /// ```
    /// use agikit::Environment;
    ///
    /// // AGI(agi://host/account?caller=${URIENCODE(${CALLERID(num)})}&vip)
    /// let block = b"agi_network: yes\nagi_network_script: account?caller=%2B49301234&vip\n";
    /// let environment = Environment::parse(block);
    /// assert_eq!(environment.parameter("caller").unwrap(), "+49301234");
    /// assert_eq!(environment.parameter("vip").unwrap(), "");
    /// assert_eq!(environment.parameter("other"), None);
    /// ```
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Value> {
        self.parameters().find(|(it, _)| *it == name).map(|(_, value)| value)
    }

    /// All parameters: those of the path, and then those of the query in their order.
    pub fn parameters(&self) -> impl Iterator<Item = (Value, Value)> {
        let (_, query) = self.address();
        let pairs = query.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = halves(pair, b'=');
            (decode(name).into(), decode(value).into())
        });
        self.path_parameters.iter().cloned().chain(pairs)
    }

    /// The path's parts between slashes, decoded each by itself.
    #[cfg(any(test, feature = "fastagi"))]
    pub(crate) fn segments(&self) -> Vec<Value> {
        parts(trim(self.address().0))
    }

    /// The same with what the slashes at the path's ends make: empty parts.
    #[cfg(any(test, feature = "fastagi"))]
    pub(crate) fn untrimmed_segments(&self) -> Vec<Value> {
        parts(self.address().0)
    }

    /// What a route has found in the path.
    #[cfg(any(test, feature = "fastagi"))]
    pub(crate) fn set_path_parameters(&mut self, parameters: Vec<(Value, Value)>) {
        self.path_parameters = parameters;
    }

    /// Path and query as they were sent, without a fragment.
    fn address(&self) -> (&[u8], &[u8]) {
        let all = self.network_script().map(Text::as_bytes).unwrap_or_default();
        halves(halves(all, b'#').0, b'?')
    }
}

/// What stands before and behind the first such byte.
fn halves(all: &[u8], at: u8) -> (&[u8], &[u8]) {
    let mut halves = all.splitn(2, |&byte| byte == at);
    (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
}

#[cfg(any(test, feature = "fastagi"))]
fn parts(path: &[u8]) -> Vec<Value> {
    path.split(|&byte| byte == b'/').map(|part| decode(part).into()).collect()
}

fn trim(mut path: &[u8]) -> &[u8] {
    while let Some(rest) = path.strip_prefix(b"/") {
        path = rest;
    }
    while let Some(rest) = path.strip_suffix(b"/") {
        path = rest;
    }
    path
}

/// A `%` that no two hexadecimal digits follow stays.
fn decode(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if let (b'%', [high, low, behind @ ..]) = (byte, behind)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            out.push(high << 4 | low);
            rest = behind;
        } else {
            out.push(byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(script: &str) -> Environment {
        Environment::parse(format!("agi_network: yes\nagi_network_script: {script}\n").as_bytes())
    }

    #[test]
    fn takes_an_address_apart() {
        let environment = called("/a//b%2fc/?x=1&y&=z&x=2&e=%3D%26%2&#x=3");
        assert_eq!(environment.network_path(), "a//b/c");
        assert_eq!(environment.segments(), ["a", "", "b/c"].map(Value::from));
        assert_eq!(environment.untrimmed_segments(), ["", "a", "", "b/c", ""].map(Value::from));
        let all: Vec<_> = environment.parameters().collect();
        let all: Vec<_> =
            all.iter().map(|(n, v)| (n.to_str().unwrap(), v.to_str().unwrap())).collect();
        assert_eq!(all, [("x", "1"), ("y", ""), ("", "z"), ("x", "2"), ("e", "=&%2")]);
        assert_eq!(environment.parameter("x").unwrap(), "1");
    }

    #[test]
    fn the_path_comes_first() {
        let mut environment = called("menu/7?level=8");
        environment.set_path_parameters(vec![("level".into(), "7".into())]);
        assert_eq!(environment.parameter("level").unwrap(), "7");
    }

    #[test]
    fn takes_anything() {
        for script in ["", "/", "?", "#", "///", "%", "%2", "%zz", "a?b?c=d=e", "\u{ff}%ff"] {
            let environment = called(script);
            let _ = (environment.network_path(), environment.segments());
            let _ = environment.parameters().count();
        }
        assert_eq!(called("a?b?c=d=e").parameter("b?c").unwrap(), "d=e");
        assert_eq!(called("%ff").network_path(), Value::from(&b"\xff"[..]));
        assert_eq!(Environment::default().parameter("x"), None);
    }
}
