//! What follows from the three examples for IMAP, seen from outside. `.ci/extensions` puts it into the patched crate.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use bytes::{Buf, BytesMut};
use imap_proto::client::{self, NotSent, TagPrefix, TlsPolicy};
use imap_proto::ext::{color::ColorData, window::Window};
use imap_proto::response::{Data, RespText};
use imap_proto::select::{Select, SelectParameter};
use imap_proto::server::{self, Event};
use imap_proto::{
    Atom, Capability, Client, Command, Dialect, Error, Greeting, Mailbox, Refusal, Response, Server, TaggedCommand, Text,
};

fn client(greeting: &str) -> Client {
    let mut options = client::Options::new(TagPrefix::new(*b"ABCD").unwrap());
    options.tls = TlsPolicy::Implicit;
    let mut client = Client::new(options);
    client.receive(greeting.as_bytes()).unwrap();
    client
}

fn sent(client: &mut Client) -> String {
    let len = client.transmit().remaining();
    String::from_utf8(client.transmit().copy_to_bytes(len).to_vec()).unwrap()
}

#[test]
fn a_keyword_has_its_place_in_the_session() {
    let (_, command) = TaggedCommand::parse(b"a xping\r\n", Dialect::STRICT).unwrap();
    assert_eq!((&command.command, command.command.keyword()), (&Command::XPing, "XPING"));

    // Only who has logged in may use it, and only where it is offered.
    let ping = Command::XPing;
    let early = Err(Error::NotSent(NotSent::Order(Refusal::LoginFirst)));
    assert_eq!(client("* OK [CAPABILITY IMAP4rev1 XPING] hi\r\n").send(&ping), early);
    let unknown = Err(Error::NotSent(NotSent::NotOffered("XPING")));
    assert_eq!(client("* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n").send(&ping), unknown);
    let mut client = client("* PREAUTH [CAPABILITY IMAP4rev1 XPING] hi\r\n");
    assert!(client.capabilities().unwrap().contains(&Capability::XPing));
    client.send(&ping).unwrap();
    assert_eq!(sent(&mut client), "ABCD1 XPING\r\n");

    let mut server = Server::new(server::Options::default());
    server.greet(&Greeting::Ok(RespText::new(Text::new("hi").unwrap()))).unwrap();
    let received = server.receive(b"a XPING\r\n").unwrap().unwrap();
    assert!(matches!(received.event, Event::Refused { .. }), "{:?}", received.event);
}

#[test]
fn data_are_read_and_written() {
    let wire = b"* XCOLOR INBOX red\r\n";
    let (_, response) = Response::parse(wire, Dialect::STRICT).unwrap();
    let color = ColorData { mailbox: Mailbox::new("INBOX").unwrap(), color: Atom::new("red").unwrap() };
    assert_eq!(response, Response::Data(Data::XColor(color)));
    let mut out = BytesMut::new();
    response.encode(&mut out);
    assert_eq!(out, wire[..]);
}

#[test]
fn a_parameter_is_one_of_those_of_its_command() {
    let parameters = [SelectParameter::XWindow(Window { first: 1, count: 500 })].into();
    let select = Command::Select(Select { mailbox: Mailbox::new("INBOX").unwrap(), parameters });
    let mut client = client("* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
    client.send(&select).unwrap();
    let wire = sent(&mut client);
    assert_eq!(wire, "ABCD1 SELECT INBOX (XWINDOW 1 500)\r\n");
    assert_eq!(TaggedCommand::parse(wire.as_bytes(), Dialect::STRICT).unwrap().1.command, select);
}
