//! Sends standard input by SMTP, with nothing but the standard library under the crate:
//! `send_blocking HOST:PORT FROM TO < message.eml`. No TLS: for a relay on this host.

use std::io::{Read, Write};
use std::net::TcpStream;

use bytes::Buf;
use smtp_proto::address::{Domain, ForwardPath, ReversePath};
use smtp_proto::body::Stray;
use smtp_proto::client::{Event, Options, Protocol, TlsPolicy, Transfer};
use smtp_proto::{Client, Command, Mail, Rcpt, Received};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, from, to] = &arguments[..] else {
        eprintln!("send_blocking: usage: send_blocking HOST:PORT FROM TO < message.eml");
        std::process::exit(2);
    };
    let mut message = Vec::new();
    std::io::stdin().read_to_end(&mut message)?;

    let mut options = Options::new(Protocol::Smtp);
    options.tls = TlsPolicy::None;
    options.stray = Stray::Normalise;
    let mut client = Client::new(options);
    let mut stream = TcpStream::connect(server)?;
    let (mut input, mut piece) = (Vec::new(), [0; 4096]);
    let (mut body, mut hello) = (None, None);
    loop {
        let Some(Received { consumed, event }) = client.receive(&input)? else {
            while client.transmit().has_remaining() {
                let written = stream.write(client.transmit().chunk())?;
                client.transmit().advance(written);
            }
            stream.set_read_timeout(Some(client.suggested_timeout()))?;
            let read = stream.read(&mut piece)?;
            if read == 0 {
                return Ok(client.receive_eof(&input)?);
            }
            input.extend_from_slice(&piece[..read]);
            continue;
        };
        match event {
            Event::Greeting(reply) if reply.code().is_positive() => {
                hello = Some(client.hello(Domain::parse("localhost")?)?);
            }
            // The envelope and DATA go out as one group where the server allows it.
            Event::Reply { to: token, reply, .. } if Some(token) == hello && reply.code().is_positive() => {
                client.send(&Command::Mail(Mail::new(ReversePath::parse(&format!("<{from}>"))?)))?;
                client.send(&Command::Rcpt(Rcpt::new(ForwardPath::parse(&format!("<{to}>"))?)))?;
                body = Some(client.start_body(Transfer::Data)?);
            }
            Event::GoAhead { .. } => {
                client.write(std::mem::take(&mut message).into())?;
                client.finish()?;
            }
            Event::Reply { to: token, reply, .. } if Some(token) == body && reply.code().is_positive() => {
                println!("{reply:?}");
                client.send(&Command::Quit)?;
            }
            Event::Greeting(reply) | Event::Reply { reply, .. } if !reply.code().is_positive() => {
                return Err(format!("refused: {reply:?}").into());
            }
            Event::Unsolicited(reply) => return Err(format!("the server gives up: {reply:?}").into()),
            Event::Close => return Ok(()),
            _ => {}
        }
        input.drain(..consumed);
    }
}
