//! Printing what happens in a mailbox, as it happens.

use std::io::Write;
use std::time::Duration;

use anyhow::bail;
use imap_proto::client::Event;
use imap_proto::response::{Data, NumberedData, Response, StatusKind};
use imap_proto::{Capability, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until, timeout};

use crate::connection::{Connection, Handler, PARTING, Step, said, wire};
use crate::shown::shown;

/// Prints `4 EXISTS`, `2 EXPUNGE`, `3 FETCH (FLAGS (\Seen))` until SIGINT or SIGTERM comes.
pub async fn watch(connection: &mut Connection, name: &str, poll: u64) -> anyhow::Result<()> {
    connection.select(name, false, &mut show).await?;
    let mut interrupt = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    let idles = connection.offers(&Capability::Idle) || connection.offers(&Capability::Imap4Rev2);
    let way = if idles { "IDLE" } else { "NOOP" };
    connection.note(|| format!("watching by {way}"));
    let mut is_first = true;
    loop {
        let go_on = match idles {
            true => idle(connection, name, &mut is_first, &mut interrupt).await?,
            false => ask(connection, name, &mut is_first, &mut interrupt, Duration::from_secs(poll)).await?,
        };
        if !go_on {
            return Ok(());
        }
    }
}

/// In IDLE once, until its time is up or the user has seen enough; whether to go on.
async fn idle(
    connection: &mut Connection,
    name: &str,
    is_first: &mut bool,
    interrupt: &mut [Signal; 2],
) -> anyhow::Result<bool> {
    let token = connection.machine.send(&Command::Idle)?;
    // RFC 9051 section 6.3.13: again before the server thinks that nobody is there.
    let end = Instant::now() + connection.machine.suggested_timeout();
    let on: &mut Handler<'_> = &mut show;
    loop {
        let step = tokio::select! {
            step = connection.next_ever(on) => step?,
            () = sleep_until(end) => {
                connection.machine.done()?;
                return ended(&connection.finish(token, on).await?, true);
            }
            () = interrupted(interrupt) => {
                connection.machine.done()?;
                // A server that does not answer is not waited for.
                return match timeout(PARTING, connection.finish(token, on)).await {
                    Ok(status) => ended(&status?, false),
                    Err(_) => Ok(false),
                };
            }
        };
        match step {
            Step::Idling => begun(name, is_first),
            Step::Finished(to, status) if to == token => return ended(&status, true),
            Step::Closed => connection.fail_closed()?,
            _ => {}
        }
    }
}

fn ended(status: &imap_proto::response::Status<'_>, go_on: bool) -> anyhow::Result<bool> {
    match status.kind {
        StatusKind::Ok => Ok(go_on),
        _ => bail!("the server says {}", said(status)),
    }
}

/// Asks once, and waits; whether to go on.
async fn ask(
    connection: &mut Connection,
    name: &str,
    is_first: &mut bool,
    interrupt: &mut [Signal; 2],
    pause: Duration,
) -> anyhow::Result<bool> {
    let on: &mut Handler<'_> = &mut show;
    tokio::select! {
        status = connection.ask(&Command::Noop, on) => status?,
        () = interrupted(interrupt) => return Ok(false),
    };
    begun(name, is_first);
    Ok(timeout(pause, interrupted(interrupt)).await.is_err())
}

fn begun(name: &str, is_first: &mut bool) {
    if std::mem::take(is_first) {
        println!("watching {name}");
    }
}

async fn interrupted([interrupt, terminate]: &mut [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Prints what is news of messages, as it is on the wire.
fn show(event: &Event<'_>) -> anyhow::Result<()> {
    if let Event::Response { response, .. } = event {
        let is_news = match response {
            Response::Numbered(numbered) => !matches!(numbered.data, NumberedData::Recent),
            Response::Data(data) => matches!(data, Data::Vanished(_) | Data::Flags(_)),
            _ => false,
        };
        if is_news {
            let line = wire(response);
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", shown(line.strip_prefix("* ").unwrap_or(&line)))?;
            out.flush()?;
        }
    }
    Ok(())
}
