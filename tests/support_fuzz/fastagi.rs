//! A FastAGI server, and whatever a peer sends to it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use agikit::fastagi::Server;
use agikit::{Environment, Result, Session, Text};
use nix::libc::linger;
use nix::sys::socket::{setsockopt, sockopt};

use super::header::Address;

/// The last argument of those who may call.
const SECRET: &[u8] = b"sesame";
/// What a header may have, and what the longest line of ours, with a path in it.
const HEADER: usize = 8192;
/// How long a server may take to close a connection whose other side has nothing more to say.
const PATIENCE: Duration = Duration::from_secs(20);
const ROUTES: [&str; 4] = ["/", "/account", "/menu/{level}", "/{a}/x/{b}"];

/// What a script was told.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    route: usize,
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
    arguments: Vec<Vec<u8>>,
}

static TOLD: Mutex<Vec<Told>> = Mutex::new(Vec::new());

/// A connection: it is closed in the end, only commands are said to it, a script runs where one may and is told what was
/// said, and the secret is told to nobody.
///
/// The first byte says where the bytes are torn in two.
pub fn fastagi(bytes: &[u8]) {
    let [torn, bytes @ ..] = bytes else { return };
    if bytes.len() > HEADER {
        return;
    }
    // One connection at a time: the server's scripts tell of one call.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap();
    let mut said = Vec::new();
    let (first, rest) = bytes.split_at(usize::from(*torn).min(bytes.len()));
    {
        let mut peer = TcpStream::connect(server()).unwrap();
        peer.set_nodelay(true).unwrap();
        peer.set_read_timeout(Some(PATIENCE)).unwrap();
        // It takes no port with it: there are thousands a second.
        let at_once = linger { l_onoff: 1, l_linger: 0 };
        setsockopt(&peer, sockopt::Linger, &at_once).unwrap();
        // One that is not spoken to any longer may find it closed.
        let _ = peer.write_all(first).and_then(|()| peer.write_all(rest));
        let _ = peer.shutdown(Shutdown::Write);
        let mut buffer = [0; 4096];
        loop {
            match peer.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => said.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
                // libFuzzer's clock.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => panic!("the server does not close: {error}"),
            }
        }
    }
    let told = std::mem::take(&mut *TOLD.lock().unwrap());
    assert_eq!(told, expected(bytes).into_iter().collect::<Vec<Told>>());
    assert!(said.len() <= 2 * HEADER, "{} bytes are said", said.len());
    let is_said = |what: &[u8]| said.windows(what.len()).any(|window| window == what);
    assert!(is_ours(&said), "{}", said.escape_ascii());
    // A path may name it, and is told where nothing is.
    assert!(!is_said(SECRET) || !is_argument_alone(bytes), "the secret is told");
    if !told.is_empty() {
        assert!(!is_said(b"NOTFOUND") && !is_said(b"DENIED"));
    }
}

/// Whole lines, of commands that a server says by itself.
fn is_ours(said: &[u8]) -> bool {
    let begins =
        [&b"GET FULL VARIABLE \"agikit-"[..], b"SET VARIABLE ", b"VERBOSE ", b"failure", b"NOOP"];
    let mut lines = said.split(|&byte| byte == b'\n').rev();
    lines.next().is_none_or(<[u8]>::is_empty)
        && lines.all(|line| begins.iter().any(|begin| line.starts_with(begin)))
}

/// The secret stands nowhere but where arguments do.
fn is_argument_alone(bytes: &[u8]) -> bool {
    !bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.starts_with(b"agi_arg_"))
        .any(|line| line.windows(SECRET.len()).any(|window| window == SECRET))
}

/// What the script is to be told, where one is to run.
fn expected(bytes: &[u8]) -> Option<Told> {
    let end = bytes.windows(2).position(|two| two == b"\n\n")? + 2;
    if !bytes.starts_with(b"agi_network: yes\n") {
        return None;
    }
    let environment = Environment::parse(&bytes[..end]);
    let mut arguments: Vec<Vec<u8>> = environment.args().map(owned).collect();
    if arguments.pop()? != SECRET {
        return None;
    }
    let address = Address::of(&environment);
    let parts: Vec<&[u8]> = address.parts.iter().map(Vec::as_slice).collect();
    let pair = |name: &str, value: &[u8]| (name.as_bytes().to_vec(), value.to_vec());
    let (route, mut parameters) = match *parts {
        [b""] => (0, vec![]),
        [b"account"] => (1, vec![]),
        [b"menu", level] if !level.is_empty() => (2, vec![pair("level", level)]),
        [a, b"x", b] if !a.is_empty() && !b.is_empty() => (3, vec![pair("a", a), pair("b", b)]),
        _ => return None,
    };
    parameters.extend(address.query);
    Some(Told { route, parameters, arguments })
}

fn owned(text: Text<'_>) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// The server's address: one for all connections.
fn server() -> SocketAddr {
    static SERVER: OnceLock<SocketAddr> = OnceLock::new();
    *SERVER.get_or_init(|| {
        let server = Server::bind("127.0.0.1:0").unwrap().without_signals();
        let server = server.secret(SECRET).header_size(2 * HEADER).header_time(2 * PATIENCE);
        let routes = ROUTES.iter().enumerate();
        let server = routes.fold(server, |server, (route, path)| {
            server.route(path, move |agi: &mut Session| script(route, agi))
        });
        let address = server.address().unwrap();
        std::thread::spawn(|| server.run().unwrap());
        address
    })
}

fn script(route: usize, agi: &mut Session) -> Result {
    let environment = agi.environment();
    let parameters = environment
        .parameters()
        .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    let arguments = environment.args().map(owned).collect();
    TOLD.lock().unwrap().push(Told { route, parameters: parameters.collect(), arguments });
    drop(environment);
    agi.noop()
}
