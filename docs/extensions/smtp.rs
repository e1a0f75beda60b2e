//! What follows from the three examples for SMTP, seen from outside. `.ci/extensions` puts it into the patched crate.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use bytes::Buf;
use smtp_proto::address::{Domain, ReversePath};
use smtp_proto::client::{self, NotSent, TlsPolicy};
use smtp_proto::ehlo::{EhloReply, Extension, Keyword};
use smtp_proto::ext::{Colors, Tint};
use smtp_proto::parameter::MailParameter;
use smtp_proto::server::{self, Event, Protocol};
use smtp_proto::status::ReplyCode;
use smtp_proto::{Client, Command, Dialect, Error, Mail, Reply, Server, text};

fn client(ehlo: &str) -> Client {
    let mut options = client::Options::new(Protocol::Smtp);
    options.tls = TlsPolicy::None;
    let mut client = Client::new(options);
    client.receive(b"220 mx.example.org\r\n").unwrap();
    client.hello(Domain::parse("client.example.net").unwrap()).unwrap();
    sent(&mut client);
    client.receive(ehlo.as_bytes()).unwrap();
    client
}

fn sent(client: &mut Client) -> String {
    let len = client.transmit().remaining();
    String::from_utf8(client.transmit().copy_to_bytes(len).to_vec()).unwrap()
}

fn server(offer: &[text::Text<'static>]) -> Server {
    let mut server = Server::new(server::Options::new(Protocol::Smtp));
    server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("mx.example.org"))).unwrap();
    server.transmit().advance(20);
    let received = server.receive(b"EHLO client.example.net\r\n").unwrap().unwrap();
    let Event::Command { token, .. } = received.event else { panic!("{:?}", received.event) };
    server.reply(token, &Reply::multiline(ReplyCode::OK, None, offer)).unwrap();
    let len = server.transmit().remaining();
    server.transmit().advance(len);
    server
}

#[test]
fn a_keyword_has_its_place_in_the_session() {
    assert_eq!(Command::parse(b"xping\r\n", Dialect::STRICT).unwrap().1, Command::XPing);
    let unknown = Err(Error::NotSent(NotSent::NotOffered(Extension::XPing)));
    assert_eq!(client("250 mx.example.org\r\n").send(&Command::XPing), unknown);
    let mut client = client("250-mx.example.org\r\n250 XPING\r\n");
    client.send(&Command::XPing).unwrap();
    assert_eq!(sent(&mut client), "XPING\r\n");

    let mut refusing = server(&[text!("mx.example.org")]);
    let received = refusing.receive(b"XPING\r\n").unwrap().unwrap();
    assert!(matches!(received.event, Event::Refused { .. }), "{:?}", received.event);
    let mut taking = server(&[text!("mx.example.org"), text!("XPING")]);
    let received = taking.receive(b"XPING\r\n").unwrap().unwrap();
    assert!(matches!(received.event, Event::Command { command: Command::XPing, .. }), "{:?}", received.event);
}

#[test]
fn data_are_read_and_written() {
    let wire = b"250-mx.example.org\r\n250 XCOLORS red blue\r\n";
    let (_, reply) = Reply::parse(wire, Dialect::STRICT).unwrap();
    let ehlo = EhloReply::of(&reply).unwrap();
    let keyword = Keyword::XColors(Colors::try_from(" red blue").unwrap());
    assert_eq!(ehlo.keywords().collect::<Vec<_>>(), [keyword.clone()]);
    let written = EhloReply::new(&Domain::parse("mx.example.org").unwrap()).with(keyword).into_reply();
    assert_eq!(written.as_bytes(), wire);
}

#[test]
fn a_parameter_is_one_of_those_of_its_command() {
    let from = ReversePath::parse("<a@example.org>").unwrap();
    let mail = Command::Mail(Mail::new(from).with(MailParameter::XTint(Tint::Red)).unwrap());
    let unknown = Err(Error::NotSent(NotSent::NotOffered(Extension::XTint)));
    assert_eq!(client("250 mx.example.org\r\n").send(&mail), unknown);
    let mut client = client("250-mx.example.org\r\n250 XTINT\r\n");
    client.send(&mail).unwrap();
    let wire = sent(&mut client);
    assert_eq!(wire, "MAIL FROM:<a@example.org> XTINT=red\r\n");

    let mut refusing = server(&[text!("mx.example.org")]);
    let received = refusing.receive(wire.as_bytes()).unwrap().unwrap();
    let Event::Refused { reply, .. } = received.event else { panic!("{:?}", received.event) };
    assert_eq!(reply.code(), ReplyCode::new(555).unwrap());
    let mut taking = server(&[text!("mx.example.org"), text!("XTINT")]);
    let received = taking.receive(wire.as_bytes()).unwrap().unwrap();
    assert!(matches!(received.event, Event::Command { command, .. } if command == mail));
}
