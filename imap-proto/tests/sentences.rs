//! Sentences made up at random from the grammar of the RFCs: each is read strictly, means the same with every leniency, and
//! is written as what means the same.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "sentences/abnf.rs"]
mod abnf;

use abnf::{Grammar, Random, Sentence};
use bytes::BytesMut;
use imap_proto::auth::Answer;
use imap_proto::framing::{Side, split};
use imap_proto::{Dialect, EncodeOptions, Greeting, Leniency, LiteralMode, Response, TaggedCommand};

fn dialect(sentence: &Sentence) -> Dialect {
    Dialect::STRICT.with_rev2(sentence.rev2).with_utf8(sentence.utf8)
}

/// Whether the `Debug` text has something in it that no RFC knows, or that could not be read.
fn has_other(shown: &str) -> bool {
    let (mut names, mut quoted, mut escaped) = (String::new(), false, false);
    for c in shown.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if !quoted => names.push(c),
            _ => {}
        }
    }
    ["Other(", "Other {", "Invalid", "Unknown("].iter().any(|name| names.contains(name))
}

/// The dialects in which the sentence means the same.
fn others(sentence: &Sentence, dialect: Dialect) -> [Dialect; 3] {
    // One leniency after another.
    let one = sentence.octets.len() % Leniency::ALL.iter().count();
    [
        dialect.with_leniency(Leniency::ALL),
        dialect.with_leniency(Leniency::ALL.iter().nth(one).unwrap()),
        dialect.with_rev2(true).with_utf8(true),
    ]
}

/// What is wrong with how a sentence is read.
macro_rules! check {
    ($name:ident, $type:ident, $side:expr, $encode:expr) => {
        fn $name(sentence: &Sentence) -> Result<(), String> {
            let dialect = dialect(sentence);
            let (rest, read, tolerated) =
                $type::parse_reporting(&sentence.octets, dialect).map_err(|error| error.to_string())?;
            if let Some(tolerated) = tolerated {
                return Err(format!("is not strict: {} {:?}: {read:?}", tolerated.error, tolerated.leniency));
            }
            if !rest.is_empty() {
                return Err(format!("leaves {}: {read:?}", rest.escape_ascii()));
            }
            let shown = format!("{read:?}");
            if has_other(&shown) && !sentence.other {
                return Err(format!("has no type: {shown}"));
            }
            let owned = read.clone().into_owned();
            // What nests in a body structure may be written anew.
            let nested = shown.contains("ExtensionData");
            if owned != read || !nested && format!("{owned:?}") != shown {
                return Err(format!("{shown} is owned as {owned:?}"));
            }
            for other in others(sentence, dialect) {
                match $type::parse_reporting(&sentence.octets, other) {
                    Ok((b"", same, None)) if same == read => {}
                    not => return Err(format!("{shown} is in {other:?} {not:?}")),
                }
            }
            match split(&sentence.octets, $side).next() {
                Some(whole) if whole == sentence.octets => {}
                part => return Err(format!("{shown} is split at {:?}", part.map(<[u8]>::len))),
            }
            let plain = EncodeOptions::default();
            let negotiated =
                plain.with_utf8(sentence.utf8).with_rev2(sentence.rev2).with_literals(LiteralMode::Plus);
            for options in [plain, negotiated] {
                let (mut out, mut again) = (BytesMut::new(), BytesMut::new());
                $encode(&read, options, &mut out);
                match $type::parse_reporting(&out, dialect) {
                    Ok((b"", same, None)) if same == read => $encode(&same, options, &mut again),
                    not => return Err(format!("{shown} is written as {}: {not:?}", out.escape_ascii())),
                }
                if again != out {
                    return Err(format!("{} is written as {}", out.escape_ascii(), again.escape_ascii()));
                }
            }
            Ok(())
        }
    };
}

check!(command, TaggedCommand, Side::Client, TaggedCommand::encode_with);
check!(response, Response, Side::Server, Response::encode_with);
check!(greeting, Greeting, Side::Server, |greeting: &Greeting<'_>, _, out: &mut BytesMut| greeting
    .encode(out));

fn answer(sentence: &Sentence) -> Result<(), String> {
    let mut out = BytesMut::new();
    match Answer::parse(&sentence.octets, dialect(sentence)) {
        Ok((b"", answer)) => answer.encode(&mut out),
        other => return Err(format!("{other:?}")),
    }
    if out == sentence.octets { Ok(()) } else { Err(format!("is written as {}", out.escape_ascii())) }
}

type Check = fn(&Sentence) -> Result<(), String>;

#[test]
fn every_sentence_is_read() {
    let mut grammar = Grammar::read(include_str!("sentences/grammar.abnf"));
    let mut failed = Vec::new();
    let starts: [(&str, bool, u64, Check); 4] = [
        ("command", true, 10_000, command),
        ("response", false, 10_000, response),
        ("greeting", false, 200, greeting),
        ("answer", true, 50, answer),
    ];
    // More of them when asked for.
    let factor: u64 = std::env::var("SENTENCES").map_or(1, |factor| factor.parse().unwrap());
    let (mut count, mut octets) = (0, 0);
    for (rule, client, times, check) in starts {
        for seed in 0..times * factor {
            let size = if seed % 2 == 0 { 60 } else { 300 };
            let sentence = grammar.sentence(rule, client, size, &mut Random(seed));
            count += 1;
            octets += sentence.octets.len();
            if let Err(error) = check(&sentence) {
                failed.push(format!("{rule} {seed}: {}\n    {error}", sentence.octets.escape_ascii()));
            }
        }
    }
    let (rules, alternatives, unused) = grammar.usage();
    println!("{count} sentences, {octets} octets, {rules} rules, {alternatives} alternatives");
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
    assert!(unused.is_empty(), "in no sentence:\n{}", unused.join("\n"));
}
