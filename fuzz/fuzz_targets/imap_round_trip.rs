#![no_main]
//! Whatever can be read or built is written as one message that means the same, however the peer wants it written; in
//! pieces it is the same octets; and what is strictly valid means the same in every dialect.

use std::fmt::Debug;

use arbitrary::Arbitrary;
use bytes::BytesMut;
use imap_proto::append::{Append, AppendHead, AppendMessage};
use imap_proto::auth::{Answer, Plain, UserPassword};
use imap_proto::framing::{Side, split};
use imap_proto::sequence::Range;
use imap_proto::{
    AString, Command, Dialect, EncodeOptions, Flag, Fragment, Greeting, Literal, LiteralMode, Mailbox,
    Response, SequenceSet, Tag, TaggedCommand, utf7,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    utf8: bool,
    rev2: bool,
    ascending: bool,
    literals: u8,
    what: What<'i>,
}

#[derive(Arbitrary, Debug)]
enum What<'i> {
    Command(&'i [u8]),
    Response(&'i [u8]),
    Greeting(&'i [u8]),
    Answer(&'i [u8]),
    Head(&'i [u8]),
    Values { name: &'i str, octets: &'i [u8], password: &'i [u8], flag: &'i str, ranges: Vec<(u32, u32)> },
}

fuzz_target!(|input: Input<'_>| {
    let literals = [LiteralMode::Synchronizing, LiteralMode::Minus, LiteralMode::Plus];
    let options = EncodeOptions::default()
        .with_utf8(input.utf8)
        .with_rev2(input.rev2)
        .with_ascending(input.ascending)
        .with_literals(literals[usize::from(input.literals % 3)]);
    let dialect = Dialect::STRICT.with_utf8(input.utf8).with_rev2(input.rev2);
    let every =
        [Dialect::STRICT, Dialect::TOLERANT].map(|one| one.with_utf8(input.utf8).with_rev2(input.rev2));
    match input.what {
        What::Command(wire) => {
            let Ok((rest, value)) = TaggedCommand::parse(wire, dialect) else { return };
            for dialect in every {
                assert_eq!(TaggedCommand::parse(wire, dialect), Ok((rest, value.clone())), "{dialect:?}");
            }
            command(&value, options, dialect);
        }
        What::Response(wire) => {
            let Ok((rest, value)) = Response::parse(wire, dialect) else { return };
            if let Ok((.., None)) = Response::parse_reporting(wire, dialect) {
                for dialect in every {
                    assert_eq!(Response::parse(wire, dialect), Ok((rest, value.clone())), "{dialect:?}");
                }
            }
            let mut out = BytesMut::new();
            value.encode_with(options, &mut out);
            assert_eq!(joined(value.fragments(options)), out, "in pieces");
            again(&out, Side::Server, &value, |wire| Response::parse(wire, dialect));
        }
        What::Greeting(wire) => {
            let Ok((_, value)) = Greeting::parse(wire, dialect) else { return };
            let mut out = BytesMut::new();
            value.encode(&mut out);
            again(&out, Side::Server, &value, |wire| Greeting::parse(wire, dialect));
        }
        What::Answer(wire) => {
            let Ok((_, value)) = Answer::parse(wire, dialect) else { return };
            let mut out = BytesMut::new();
            value.encode(&mut out);
            assert_eq!(Answer::parse(&out, Dialect::STRICT), Ok((&b""[..], value)));
        }
        What::Head(wire) => {
            let Ok(head) = AppendHead::parse(wire, dialect) else { return };
            let shown = format!("{head:?}");
            for dialect in every {
                assert_eq!(
                    AppendHead::parse(wire, dialect).map(|head| format!("{head:?}")),
                    Ok(shown.clone())
                );
            }
        }
        What::Values { name, octets, password, flag, ranges } => {
            values(name, octets, flag, &ranges, options, dialect);
            if let (Ok(user), Ok(plain)) = (AString::new(name), Plain::new(name, name, password)) {
                let message = plain.message();
                assert_eq!(Plain::parse(message.as_bytes()), Ok(plain));
                if let Ok(login) = UserPassword::new(user, imap_proto::auth::Secret::new(password)) {
                    build(Command::Login(login), options, dialect);
                }
            }
        }
    }
});

/// What its constructors take can be read again.
fn values(
    name: &str,
    octets: &[u8],
    flag: &str,
    ranges: &[(u32, u32)],
    options: EncodeOptions,
    dialect: Dialect,
) {
    // No name with a control character is read.
    if !name.contains(char::is_control) {
        let encoded = utf7::encode(name);
        assert_eq!(utf7::decode(&encoded).as_deref(), Ok(name), "{}", encoded.escape_ascii());
    }
    let Ok(mailbox) = Mailbox::from_name(name, options.utf8) else { return };
    // In whatever case it is written.
    let name = if mailbox.is_inbox() && name.eq_ignore_ascii_case("INBOX") { "INBOX" } else { name };
    assert_eq!(mailbox.to_name(options.utf8).as_deref(), Ok(name), "{mailbox:?}");
    build(Command::Delete(mailbox.clone()), options, dialect);
    if let Ok(literal) = Literal::new(octets) {
        let message = AppendMessage::from(literal);
        let message = match Flag::new(flag) {
            Ok(flag) => message.with_flags([flag].into()),
            Err(_) => message,
        };
        let twice = Append::multiple(mailbox.clone(), vec![message.clone(), message.clone()]).unwrap();
        build(Command::Append(Append::new(mailbox, message)), options, dialect);
        build(Command::Append(twice), options, dialect);
    }
    let ranges: Vec<Range> = ranges.iter().map(|&(from, to)| Range::from(from..=to)).collect();
    let Ok(set) = SequenceSet::from_ranges(ranges.iter().copied()) else {
        assert!(
            ranges.is_empty() || ranges.iter().any(|range| format!("{range:?}").contains("Value(0)")),
            "{ranges:?}"
        );
        return;
    };
    let normal = set.normalize(None);
    for id in ranges.iter().filter_map(|range| range.bounds(None)).flat_map(|ids| [*ids.start(), *ids.end()])
    {
        assert!(set.contains(id, None) && normal.contains(id));
    }
    assert!(normal.len() <= set.len(None), "an id of two ranges is one id");
    build(
        Command::Fetch(imap_proto::fetch::Fetch::new(set, imap_proto::fetch::FetchAttributes::All)),
        options,
        dialect,
    );
}

fn build(it: Command<'_>, options: EncodeOptions, dialect: Dialect) {
    command(&TaggedCommand { tag: Tag::new("x").unwrap(), command: it }, options, dialect);
}

fn command(value: &TaggedCommand<'_>, options: EncodeOptions, dialect: Dialect) {
    let mut out = BytesMut::new();
    value.encode_with(options, &mut out);
    assert_eq!(joined(value.fragments(options)), out, "in pieces");
    // A range may have been turned round.
    if options.ascending {
        assert_eq!(split(&out, Side::Client).count(), 1);
        let read = TaggedCommand::parse(&out, dialect);
        assert!(matches!(read, Ok(([], _))), "{read:?} of {}", out.escape_ascii());
        return;
    }
    again(&out, Side::Client, value, |wire| TaggedCommand::parse(wire, dialect));
}

/// `wire` is one message, and means `value`.
fn again<'w, T: Debug + PartialEq, E: Debug>(
    wire: &'w [u8],
    side: Side,
    value: &T,
    parse: impl Fn(&'w [u8]) -> Result<(&'w [u8], T), E>,
) {
    assert_eq!(split(wire, side).count(), 1, "one message: {}", wire.escape_ascii());
    let (rest, read) = parse(wire).unwrap_or_else(|error| panic!("{error:?}: {}", wire.escape_ascii()));
    assert!(rest.is_empty());
    // Where a broken item ends may hang on what stands around it.
    if !format!("{value:?}").contains("Invalid(") {
        assert_eq!(&read, value, "{}", wire.escape_ascii());
    }
}

fn joined(fragments: Vec<Fragment>) -> Vec<u8> {
    let pieces = fragments.into_iter().filter_map(|fragment| match fragment {
        Fragment::Send(bytes) => Some(bytes),
        Fragment::Wait => None,
    });
    pieces.flatten().collect()
}
