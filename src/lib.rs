//! placeholder
mod environment;
mod error;
mod hangup;
mod script;
mod stream;
mod text;

pub mod command;
pub mod reply;
pub mod session;
pub mod wire;

pub use command::*;
pub use environment::{Directories, Environment, Presentation};
pub use error::{Error, Fault, Received, Result, Surprise};
pub use hangup::Hangup;
pub use reply::{
    ChannelState, ControlPlayback, Data, Hypothesis, Playback, RawReply, Recognition,
    RecognitionEnd, Recording, RecordingEnd, StreamControl, Subroutine, Waited,
};
pub use script::{ScriptResult, run};
pub use session::{Pending, Session};
pub use stream::{Stdio, Stream};
pub use text::{Text, Value};
pub use wire::Timeout;
