//! What a server is told before it begins.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::access::Access;
use super::bell::Bell;
use super::call::{self, Reception, Script};
use super::handle::{Handle, Stop};
use super::listen::{self, Door};
use super::route::Pattern;
use super::serve::{Entrance, Stopped};
use super::socket::HeaderLimits;
use super::switchboard::Switchboard;
use crate::session::Session;

/// A FastAGI server: it listens, and runs a script for each call, in a thread of the call's own.
///
/// ```no_run
/// use agikit::fastagi::Server;
/// use agikit::{Result, Session};
///
/// fn main() -> std::io::Result<std::process::ExitCode> {
///     let server = Server::bind("0.0.0.0")?       // port 4573
///         .allow("192.0.2.0/24")?                 // where the Asterisks are
///         .route("/account", account)             // AGI(agi://host/account)
///         .route("/menu/{level}", menu);          // AGI(agi://host/menu/3?tries=2)
///     Ok(server.run()?.exit_code())
/// }
///
/// fn account(agi: &mut Session) -> Result {
///     agi.answer()
/// }
///
/// fn menu(agi: &mut Session) -> Result {
///     let level = agi.environment().parameter("level").unwrap_or_default();
///     agi.say_digits(&level)?;
///     Ok(())
/// }
/// ```
#[must_use = "a server serves when it is told to: call `serve` or `run`"]
pub struct Server {
    doors: Vec<Door>,
    access: Access,
    routes: Vec<(Pattern, Script)>,
    calls: usize,
    header: HeaderLimits,
    idle: Option<Duration>,
    grace: Duration,
    stack: usize,
    signals: bool,
    stop: Arc<Stop>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes: Vec<&str> = self.routes.iter().map(|(pattern, _)| pattern.as_str()).collect();
        f.debug_struct("Server").field("routes", &routes).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens on an address: `127.0.0.1`, `[::]:4573`, `pbx.example.org:5000`. The port is 4573, which Asterisk takes
    /// for `agi://host/`, unless said. Calls are not encrypted, and Asterisk does what they say: beyond this machine's
    /// own addresses name [who may call](Server::allow), and keep the port out of other networks.
    ///
    /// Connections are taken in from here on, by the system; they wait until the server serves.
    ///
    /// A name that has several addresses is listened to on those that this machine has.
    ///
    /// # Errors
    /// The address is none, this machine does not have it, or another program listens there.
    pub fn bind(address: &str) -> io::Result<Self> {
        Server::new(listen::bind(address)?)
    }

    /// Listens on this machine's own addresses alone, `127.0.0.1` and `::1`, port 4573.
    ///
    /// # Errors
    /// Another program listens there.
    pub fn local() -> io::Result<Self> {
        Server::new(listen::local()?)
    }

    /// Serves on the sockets that systemd opened for this process (`ListenStream=` of a `.socket` unit), if it did. They
    /// stay open when the server stops: who connects meanwhile waits for the next one.
    ///
    /// Call it at the beginning of `main`: the sockets are told by number, and only once.
    ///
    /// # Errors
    /// One of them is not for TCP.
    pub fn from_systemd() -> io::Result<Option<Self>> {
        let doors = listen::inherited()?;
        if doors.is_empty() { Ok(None) } else { Server::new(doors).map(Some) }
    }

    fn new(doors: Vec<Door>) -> io::Result<Self> {
        Ok(Server {
            doors,
            access: Access::default(),
            routes: Vec::new(),
            calls: 4096,
            header: HeaderLimits { time: Duration::from_secs(10), size: 64 * 1024 },
            idle: None,
            grace: Duration::from_secs(60),
            stack: 256 * 1024,
            signals: true,
            stop: Arc::new(Stop::new()?),
        })
    }

    /// Listens there, too.
    ///
    /// # Errors
    /// As [`bind`](Server::bind).
    pub fn also_bind(mut self, address: &str) -> io::Result<Self> {
        self.doors.extend(listen::bind(address)?);
        Ok(self)
    }

    /// The address that it listens on, the first where there are several; the port where none was chosen (`:0`).
    ///
    /// # Errors
    /// The system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        let door =
            self.doors.first().ok_or_else(|| io::Error::other("the server has no socket"))?;
        door.listener.local_addr()
    }

    /// All addresses that it listens on.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        self.doors.iter().map(|door| door.listener.local_addr()).collect()
    }

    /// Calls this script for a path: `/account` for `agi://host/account`. A part in braces stands for any, and is a
    /// [parameter](crate::Environment::parameter) of the call: `/menu/{level}`. The query does not count, and neither
    /// does a slash at the end. Of several that fit, the first is called.
    pub fn route<E>(
        mut self,
        path: &str,
        script: impl Fn(&mut Session) -> Result<(), E> + Send + Sync + 'static,
    ) -> Self
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.routes.push((Pattern::new(path), call::script(script)));
        self
    }

    /// Lets calls in from this address or network, too (`192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`), and from nowhere
    /// else. Without it everybody may call who gets to the address that is listened on.
    ///
    /// # Errors
    /// It is no network.
    pub fn allow(mut self, network: &str) -> io::Result<Self> {
        self.access.allow(network)?;
        Ok(self)
    }

    /// Runs scripts only for calls whose last argument is this secret: `AGI(agi://host/account,first,SECRET)`. It is
    /// compared in constant time, and the script does not find it among its arguments. An empty one lets nobody in. It
    /// keeps out who can reach the port by mistake; it goes over the network as it is, and Asterisk shows it on its console.
    pub fn secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.access.set_secret(secret.into());
        self
    }

    /// How many calls may run at once, 4,096 unless said; each has a thread. Further ones wait in the system's listen
    /// queue, of at most 4,096 connections (`net.core.somaxconn`), and are [counted](super::Counters::waiting).
    /// For that the process's limit of open descriptors is raised to 16 a call and some 4,000 more, if it is lower and may be.
    /// Where the process may not have as many descriptors open, it is as many as that allows: one a call, and three more
    /// while its script [waits](crate::Hangup::wait) for the hangup.
    ///
    /// Who says what Asterisk says first, and then never answers a command, keeps a place as long as the connection lasts:
    /// a Dial of hours looks the same. Against such callers there are [`allow`](Server::allow) and
    /// [`secret`](Server::secret).
    pub fn calls(mut self, most: usize) -> Self {
        self.calls = most.max(1);
        self
    }

    /// How long Asterisk may take for its `agi_` lines, all of them: 10 seconds unless said. Where no script runs, the
    /// commands that say why have as long for their answers.
    ///
    /// While many connections are sending theirs (1,024, or a quarter of the descriptors that there are), one that is
    /// silent is closed sooner, after 0.1 seconds, to make room for another.
    pub fn header_time(mut self, time: Duration) -> Self {
        self.header.time = time;
        self
    }

    /// How long those may be, in bytes: 64 KiB unless said. (Asterisk's own arguments are at most 8 KiB.)
    pub fn header_size(mut self, bytes: usize) -> Self {
        self.header.size = bytes;
        self
    }

    /// Closes a call whose script sends no command for so long. Unless this is called, never. While a command runs
    /// nothing is counted: EXEC of Dial may take hours.
    pub fn idle(mut self, time: Duration) -> Self {
        self.idle = Some(time);
        self
    }

    /// How long calls may go on when the server is told to stop: a minute unless said. (systemd kills what has not ended
    /// after `TimeoutStopSec`, 90 seconds unless said: set both.)
    pub fn grace(mut self, time: Duration) -> Self {
        self.grace = time;
        self
    }

    /// The stack of a call's thread, in bytes: 256 KiB unless said. Only what is used of it takes memory. A script that
    /// needs more than it has ends the whole process.
    pub fn stack(mut self, bytes: usize) -> Self {
        self.stack = bytes;
        self
    }

    /// Leaves signals alone: the server stops by its [`handle`](Server::handle) only.
    pub fn without_signals(mut self) -> Self {
        self.signals = false;
        self
    }

    /// Stops and counts this server from another thread.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(Arc::clone(&self.stop))
    }

    /// Serves until it is stopped: this script for every call, whatever its path, but for those that
    /// [have one](Server::route).
    ///
    /// # Errors
    /// As [`run`](Server::run).
    pub fn serve<E>(
        self,
        script: impl Fn(&mut Session) -> Result<(), E> + Send + Sync + 'static,
    ) -> io::Result<Stopped>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.begin(Some(call::script(script)))
    }

    /// Serves until it is stopped: the scripts at their [paths](Server::route). A call for another path is logged with
    /// the paths that there are, gets the channel variable `FASTAGI_STATUS=NOTFOUND`, and ends; AGISTATUS is `FAILURE`.
    ///
    /// SIGTERM (or SIGINT, Ctrl-C) stops it: no further connection is accepted, and calls may go on for a
    /// [time](Server::grace); what is left then is closed. A second one closes at once. SIGUSR1 writes the
    /// [counters](super::Counters) to the log. (Before this is called they end the process, and when it has returned they
    /// do nothing any more.)
    ///
    /// Who has connected before a stop is served, those in the listen queue included. Later ones are refused; one that
    /// connects in the very moment in which the socket is closed may be reset, which Linux leaves no way round. With a
    /// [socket of systemd's](Server::from_systemd) none is: they wait for the next server. (Two servers on one port by
    /// SO_REUSEPORT are no such way: what had connected to the one that ends is reset, too.)
    ///
    /// # Errors
    /// The system refused a signal handler.
    pub fn run(self) -> io::Result<Stopped> {
        self.begin(None)
    }

    fn begin(self, otherwise: Option<Script>) -> io::Result<Stopped> {
        let (stops, asks): (&[i32], &[i32]) = match self.signals {
            true => (
                &[signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT],
                &[signal_hook::consts::SIGUSR1],
            ),
            false => (&[], &[]),
        };
        let (stops, asks) = (Bell::on_signals(stops)?, Bell::on_signals(asks)?);
        let places = super::limits::fit(self.calls);
        let board = Arc::new(Switchboard::new(Bell::new()?, places, self.idle));
        let doors = Arc::new(self.doors);
        self.stop.begins(Arc::clone(&board), Arc::downgrade(&doors));
        let reception = Arc::new(Reception {
            board,
            access: self.access,
            routes: self.routes,
            otherwise,
            header: self.header,
            transcripts: std::env::var_os("AGIKIT_TRANSCRIPT").filter(|it| !it.is_empty()),
        });
        let (grace, stack) = (self.grace, self.stack);
        let (stop, crew, looked) = (self.stop, Arc::default(), Instant::now());
        let entrance = Entrance {
            reception,
            doors,
            stop,
            stops,
            asks,
            grace,
            crew,
            stack,
            looked,
            held: None,
        };
        Ok(entrance.serve())
    }
}
