//! The crate `asterisk-rs-agi` at the work of `cargo bench --bench fastagi`.
//! Usage: `fastagi-asterisk-rs-agi ten|hold`; prints its port.

use asterisk_rs_agi::error::Result;
use asterisk_rs_agi::{AgiChannel, AgiHandler, AgiRequest, AgiServer};

struct Script {
    hold: bool,
}

impl AgiHandler for Script {
    async fn handle(&self, _request: AgiRequest, mut agi: AgiChannel) -> Result<()> {
        if self.hold {
            // Otherwise the call is given up after 30 seconds.
            agi.set_command_timeout(None)?;
            agi.stream_file("prompt", "").await?;
        }
        for n in 0..5 {
            let reply = agi.get_variable(&format!("LOAD_{n}")).await?;
            let token = reply.data.unwrap_or_default();
            agi.set_variable(&format!("ECHO_{n}"), &token).await?;
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let hold = std::env::args().nth(1).as_deref() == Some("hold");
    let (server, _shutdown) = AgiServer::builder()
        .bind("127.0.0.1:0")
        .max_connections(10_000)
        .handler(Script { hold })
        .build()
        .await?;
    println!("{}", server.local_addr()?.port());
    server.run().await
}
