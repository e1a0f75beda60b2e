//! Lists the newest messages of INBOX by IMAP, with nothing but the standard library under the crate:
//! `fetch_blocking HOST:PORT USER < password`. No TLS: for a server on this host.

use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::net::TcpStream;

use bytes::Buf;
use imap_proto::auth::{Secret, UserPassword};
use imap_proto::client::{Event, Options, TagPrefix, TlsPolicy};
use imap_proto::fetch::{Fetch, FetchAttributes};
use imap_proto::response::{Numbered, NumberedData::Fetch as Fetched, Response, StatusKind};
use imap_proto::select::Select;
use imap_proto::{AString, Client, Command, Dialect, FetchItem, Mailbox, Received, SequenceSet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, user] = &arguments[..] else {
        eprintln!("fetch_blocking: usage: fetch_blocking HOST:PORT USER < password");
        std::process::exit(2);
    };
    let password = std::io::read_to_string(std::io::stdin())?.trim_end_matches('\n').to_owned();
    let log_in = Command::Login(UserPassword::new(AString::new(&**user)?, Secret::new(password))?);

    // All tags begin with letters that nobody can guess: the standard library seeds its hash maps with random numbers.
    let letters = RandomState::new().hash_one(server).to_le_bytes().map(|octet| b'A' + octet % 26);
    let mut options = Options::new(TagPrefix::new([letters[0], letters[1], letters[2], letters[3]])?);
    (options.tls, options.allow_plaintext_secrets) = (TlsPolicy::None, true);
    options.dialect = Dialect::TOLERANT;
    let mut client = Client::new(options);
    let mut stream = TcpStream::connect(server)?;
    let (mut input, mut piece, mut login, mut select) = (Vec::new(), [0; 4096], None, None);
    loop {
        let Some(Received { consumed, event }) = client.receive(&input)? else {
            while client.transmit().has_remaining() {
                let written = stream.write(client.transmit().chunk())?;
                client.transmit().advance(written);
            }
            stream.set_read_timeout(Some(client.suggested_timeout()))?;
            let read = stream.read(&mut piece)?;
            if read == 0 {
                client.receive_eof(&input)?;
                return Err("the server hung up".into());
            }
            input.extend_from_slice(&piece[..read]);
            continue;
        };
        match event {
            Event::Greeting(_) => login = Some(client.send(&log_in)?),
            Event::Finished { status, .. } if status.kind != StatusKind::Ok => {
                Err(format!("refused: {status:?}"))?
            }
            Event::Finished { to, .. } if Some(to) == login => {
                select = Some(client.send(&Command::Examine(Select::new(Mailbox::INBOX)))?);
            }
            Event::Finished { to, .. } if Some(to) == select && client.exists() > Some(0) => {
                let newest = client.exists().unwrap_or_default().saturating_sub(9).max(1)..;
                let fetch = Fetch::new(SequenceSet::from_range(newest)?, FetchAttributes::All);
                client.send(&Command::Fetch(fetch))?;
            }
            Event::Response {
                response: Response::Numbered(Numbered { number, data: Fetched(items) }),
                ..
            } => {
                let words = items.iter().filter_map(|item| match item {
                    FetchItem::Flags(flags) => Some(format!("{:?}", flags.list())),
                    FetchItem::Envelope(it) => Some(format!("{}: {:?}", it.from, it.subject?)),
                    _ => None,
                });
                println!("{number} {}", words.collect::<Vec<_>>().join(" "));
            }
            Event::Finished { .. } if client.state().is_authenticated() => {
                client.send(&Command::Logout)?;
            }
            Event::Close => return Ok(()),
            _ => {}
        }
        input.drain(..consumed);
    }
}
