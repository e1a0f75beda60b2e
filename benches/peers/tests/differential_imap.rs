//! What this project's imap-proto and other libraries read, compared: whatever another one accepts must mean the same
//! to ours, or be a difference that is known.

mod neutral;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;

use base64::Engine;
use benches::imap::Imap;
use neutral::{Facts, djc, imap_codec, imap_codec_commands, ours, ours_commands};
use ours_imap::framing::{Side, split};

/// One library reading one side.
struct Peer {
    name: &'static str,
    read: fn(&[u8]) -> Option<Facts>,
}

const RESPONSES: [Peer; 2] = [
    Peer { name: "imap-codec", read: imap_codec::response },
    Peer { name: "imap-proto 0.17", read: djc::response },
];
const COMMANDS: [Peer; 1] = [Peer { name: "imap-codec", read: imap_codec_commands::command }];

/// A fact that only one states, or both in another way. `None`: it does not.
struct Difference<'d> {
    peer: &'static str,
    message: &'d [u8],
    ours: &'d Option<Facts>,
    theirs: &'d Facts,
    fact: &'d str,
}

impl Difference<'_> {
    fn ours(&self) -> Option<&str> {
        self.ours.as_ref()?.0.get(self.fact).map(String::as_str)
    }

    fn theirs(&self) -> Option<&str> {
        self.theirs.0.get(self.fact).map(String::as_str)
    }

    /// Whether the message has this in it.
    fn says(&self, octets: &[u8]) -> bool {
        self.message.windows(octets.len()).any(|window| window == octets)
    }

    fn kind(&self) -> &str {
        &self.theirs.0["is"]
    }
}

/// A class of differences, and who is right by which RFC.
struct Known {
    peer: &'static str,
    what: &'static str,
    is: fn(&Difference<'_>) -> bool,
}

const KNOWN: &[Known] = &[
    Known {
        peer: "imap-codec",
        what: "takes `*` in the known UIDs of QRESYNC; RFC 7162 section 7 allows none",
        is: |of| of.ours.is_none() && of.says(b"(QRESYNC (") && of.says(b":*"),
    },
    Known {
        peer: "imap-codec",
        what: "takes a mod-sequence of 64 bits; RFC 7162 section 7 has 63",
        is: |of| of.ours.is_none() && of.says(b"(UNCHANGEDSINCE 18446744073709551615)"),
    },
    Known {
        peer: "imap-codec",
        what: "keeps BADEVENT as it came, without parentheses; ours adds those of RFC 5465 section 8",
        is: |of| {
            let bare = of.ours().map(|ours| ours.replace(['(', ')'], ""));
            of.fact == "code" && of.says(b"[BADEVENT ") && bare.as_deref() == of.theirs()
        },
    },
    Known {
        peer: "imap-proto 0.17",
        what: "keeps backslashes of quoted strings; RFC 9051 section 9 (`quoted`) has them stand for the next octet",
        is: |of| of.theirs().map(unquoted).as_deref() == of.ours(),
    },
    Known {
        peer: "imap-proto 0.17",
        what: "leaves a code that it does not know in the text; RFC 9051 section 7.1 has them apart",
        is: |of| {
            let text = of.theirs.0.get("text").is_some_and(|text| text.starts_with("\"["));
            text && matches!(of.fact, "code" | "text") && !of.theirs.0.contains_key("code")
        },
    },
    Known {
        peer: "imap-proto 0.17",
        what: "has ENABLED as CAPABILITY; RFC 9051 sections 7.2.1 and 7.2.2 are two",
        is: |of| of.fact == "is" && of.ours() == Some("enabled") && of.theirs() == Some("capability"),
    },
    Known {
        peer: "imap-proto 0.17",
        what: "has LSUB as LIST; RFC 3501 sections 7.2.2 and 7.2.3 are two",
        is: |of| of.fact == "is" && of.ours() == Some("lsub") && of.theirs() == Some("list"),
    },
    Known {
        peer: "imap-proto 0.17",
        what: "reads a disposition without parentheses as the language; by RFC 9051 section 9 (`body-fld-dsp`) it \
               is neither, and ours takes it for the disposition that stands in its place",
        is: |of| {
            let misplaced =
                [".disposition", ".language", ".location"].iter().any(|end| of.fact.ends_with(end));
            misplaced && !strict(of.message)
        },
    },
    Known {
        peer: "imap-proto 0.17",
        what: "keeps no names of fields in sections; RFC 9051 section 7.5.2 repeats them (`HEADER.FIELDS`)",
        is: |of| {
            let Some(ours) = of.ours else { return false };
            // Two sections are one to it: their data are both.
            let data = |facts: &Facts| -> BTreeSet<String> {
                let sections = facts.0.iter().filter(|(fact, _)| fact.starts_with("body["));
                sections.flat_map(|(_, text)| text.split(" | ").map(str::to_owned)).collect()
            };
            of.fact.contains("header") && data(ours) == data(of.theirs)
        },
    },
    Known {
        peer: "imap-proto 0.17",
        what: "has U+FFFD for octets in body structures that are no UTF-8; by RFC 9051 section 9 (`CHAR8`) a literal \
               may have them",
        is: |of| {
            of.fact.starts_with("body.") && of.theirs().is_some_and(|text| text.contains(r"\xef\xbf\xbd"))
        },
    },
    Known {
        peer: "imap-proto 0.17",
        what: "says of an item that it does not know only that there is one",
        is: |of| of.theirs.0.contains_key("unknown") && (of.fact == "unknown" || of.theirs().is_none()),
    },
];

/// What a quoted string with its backslashes stands for, both as they are shown.
fn unquoted(shown: &str) -> String {
    let (mut text, mut rest) = (String::new(), shown);
    while let Some(at) = rest.find(r"\\") {
        text += &rest[..at];
        rest = &rest[at + 2..];
        // The backslash is shown as two, and so is another one after it; before a quote there is one.
        let escaped = if rest.starts_with(r"\\") || rest.starts_with("\\\"") { 2 } else { 0 };
        text += &rest[..escaped];
        rest = &rest[escaped..];
    }
    text + rest
}

/// Whether nothing in it has to be tolerated.
fn strict(message: &[u8]) -> bool {
    let read = ours_imap::Response::parse_reporting(message, ours_imap::Dialect::STRICT);
    matches!(read, Ok((_, _, None)))
}

/// Compares all facts; what differs is known or comes out.
fn compare(peer: &Peer, ours: fn(&[u8]) -> Option<Facts>, messages: &[Vec<u8>]) -> Tally {
    let mut tally = Tally::default();
    for (message, theirs) in messages.iter().zip(read(peer, messages, &mut tally.panicked)) {
        let Some(theirs) = theirs else { continue };
        tally.accepted += 1;
        let ours = ours(message);
        let names = ours.iter().flat_map(|facts| facts.0.keys()).chain(theirs.0.keys());
        let names: BTreeSet<&String> = names.collect();
        for fact in names {
            let difference = Difference { peer: peer.name, message, ours: &ours, theirs: &theirs, fact };
            if difference.ours() == difference.theirs() {
                continue;
            }
            match KNOWN.iter().position(|known| known.peer == peer.name && (known.is)(&difference)) {
                Some(at) => *tally.known.entry(at).or_default() += 1,
                None => tally.unknown.entry(summary(&difference)).or_default().push(shown(&difference)),
            }
        }
    }
    tally
}

/// What the peer reads. One that panics does not accept; some need more stack than a test has when not optimised.
fn read(peer: &Peer, messages: &[Vec<u8>], panicked: &mut usize) -> Vec<Option<Facts>> {
    let read_all = || {
        let one = |message: &Vec<u8>| catch_unwind(AssertUnwindSafe(|| (peer.read)(message)));
        messages.iter().map(one).map(|read| read.unwrap_or_else(|_| (*panicked += 1, None).1)).collect()
    };
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, read_all);
        reader.unwrap().join().unwrap()
    })
}

/// What comparing came to.
#[derive(Default)]
struct Tally {
    accepted: usize,
    panicked: usize,
    known: BTreeMap<usize, usize>,
    unknown: BTreeMap<String, Vec<String>>,
}

fn summary(difference: &Difference<'_>) -> String {
    let how = match (difference.ours, difference.ours(), difference.theirs()) {
        (None, ..) => "ours refuses".to_owned(),
        (_, None, _) => format!("ours lacks {}", difference.fact),
        (.., None) => format!("theirs lacks {}", difference.fact),
        _ => format!("{} differs", difference.fact),
    };
    format!("{}: {}: {how}", difference.peer, difference.kind())
}

fn shown(difference: &Difference<'_>) -> String {
    let message: String = difference.message.escape_ascii().to_string().chars().take(400).collect();
    format!("{message}\n        ours   {:?}\n        theirs {:?}", difference.ours(), difference.theirs())
}

/// Those that the tests of both sides read: the loads, the examples of the RFCs, the recorded sessions.
fn messages(client: bool) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    for load in Imap::ALL.into_iter().filter(|load| load.is_of_client() == client) {
        messages.extend(load.generate().messages().take(400).map(<[u8]>::to_vec));
    }
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../imap-proto/tests");
    examples(&tests.join("rfc"), if client { 'C' } else { 'S' }, &mut messages);
    recorded(&tests.join("transcripts"), client, &mut messages);
    messages.sort();
    messages.dedup();
    messages
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

/// The records of one side that follow the grammar: `C: `, `S: `.
fn examples(folder: &Path, side: char, messages: &mut Vec<Vec<u8>>) {
    for path in files(folder).iter().filter(|path| path.extension().is_some_and(|end| end == "txt")) {
        for record in fs::read_to_string(path).unwrap().lines() {
            if let Some((kind, text)) = record.split_once(' ')
                && kind.starts_with(side)
                && kind.ends_with(':')
            {
                messages.push(unescaped(text));
            }
        }
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let [octet, after @ ..] = rest {
        let (value, taken) = match (octet, after) {
            (b'\\', [b'r', ..]) => (b'\r', 2),
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [b'x', high, low, ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap(), 4)
            }
            (b'\\', [escaped, ..]) => (*escaped, 2),
            (octet, _) => (*octet, 1),
        };
        octets.push(value);
        rest = &rest[taken..];
    }
    octets.extend_from_slice(b"\r\n");
    octets
}

/// What one side said in the recorded sessions, as the framer finds it.
fn recorded(folder: &Path, client: bool, messages: &mut Vec<Vec<u8>>) {
    let (direction, side) = if client { ("C", Side::Client) } else { ("S", Side::Server) };
    for path in files(folder).iter().filter(|path| path.to_string_lossy().contains(".jsonl")) {
        let mut text = String::new();
        if path.extension().is_some_and(|end| end == "gz") {
            let file = fs::File::open(path).unwrap();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
        } else {
            text = fs::read_to_string(path).unwrap();
        }
        let mut stream = Vec::new();
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            if line["dir"] == direction
                && let Some(said) = line["plain_b64"].as_str().or(line["b64"].as_str())
            {
                stream.extend(base64::engine::general_purpose::STANDARD.decode(said).unwrap());
            }
        }
        messages.extend(split(&stream, side).map(<[u8]>::to_vec));
    }
}

#[test]
fn what_others_accept_means_the_same_to_ours() {
    let (responses, commands) = (messages(false), messages(true));
    let responses =
        RESPONSES.iter().map(|peer| (peer, compare(peer, ours::response, &responses), responses.len()));
    let commands =
        COMMANDS.iter().map(|peer| (peer, compare(peer, ours_commands::command, &commands), commands.len()));
    let (mut seen, mut new) = (BTreeSet::new(), Vec::new());
    for (peer, tally, read) in responses.chain(commands) {
        println!("{}: accepts {} of {read}, panics at {}", peer.name, tally.accepted, tally.panicked);
        assert!(tally.accepted > 3_000, "{}", peer.name);
        for (at, count) in tally.known {
            println!("    {count} × {}", KNOWN[at].what);
            seen.insert(at);
        }
        for (what, all) in tally.unknown {
            new.push(format!("{} × {what}\n    {}", all.len(), all[..all.len().min(3)].join("\n    ")));
        }
    }
    assert!(new.is_empty(), "{} new:\n{}", new.len(), new.join("\n"));
    let gone: Vec<_> =
        KNOWN.iter().enumerate().filter(|(at, _)| !seen.contains(at)).map(|(_, known)| known.what).collect();
    assert!(gone.is_empty(), "no longer there: {gone:#?}");
}
