//! The contract of `inspect`: what it prints for one side, for both, and for many pieces of wire.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The program, which `cargo test` builds beside this test.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join("inspect")
}

fn inspect(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(program())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo test builds the examples");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that stops at wrong usage does not read.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn rows(output: &Output) -> Vec<Value> {
    output
        .stdout
        .split(|&octet| octet == b'\n')
        .filter(|row| !row.is_empty())
        .map(|row| serde_json::from_slice(row).unwrap())
        .collect()
}

/// What `--lines` says of one piece of SMTP.
fn line(side: &str, strict: bool, wire: &[u8], hints: Value) -> Value {
    line_of("smtp", side, strict, wire, hints)
}

/// What `--lines` says of one piece of wire.
fn line_of(protocol: &str, side: &str, strict: bool, wire: &[u8], hints: Value) -> Value {
    let mut request = json!({ "id": [1, "x"], "wire": STANDARD.encode(wire) });
    request.as_object_mut().unwrap().extend(hints.as_object().unwrap().clone());
    let mut arguments = vec![protocol, side, "--lines"];
    if strict {
        arguments.push("--strict");
    }
    let output = inspect(&arguments, format!("{request}\n").as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = rows(&output);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["id"], json!([1, "x"]));
    rows[0].clone()
}

#[test]
fn one_side_as_a_stream() {
    let wire = b"EHLO x\r\nAUTH LOGIN\r\nc2VjcmV0\r\nDATA\r\n..\r\n.\r\nBDAT 3 LAST\r\nabcQUIT\r\n";
    let output = inspect(&["smtp", "client", "--json"], wire);
    assert_eq!(output.status.code(), Some(0));
    let rows = rows(&output);
    let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Ehlo", "Auth", "Answer", "Data", "Body", "Bdat", "Body", "Quit"]);
    let offsets: Vec<u64> = rows.iter().map(|row| row["offset"].as_u64().unwrap()).collect();
    let ends = rows.iter().map(|row| row["offset"].as_u64().unwrap() + row["len"].as_u64().unwrap());
    assert!(offsets.iter().skip(1).copied().eq(ends.take(7)), "no octet is left out");
    assert!(
        !String::from_utf8_lossy(&output.stdout).contains("\"debug\":\"Response(\\\"secret"),
        "secrets are redacted"
    );
}

#[test]
fn exit_status() {
    for (arguments, input, status) in [
        (&["smtp", "client"][..], &b"NOOP\r\n"[..], 0),
        (&["smtp", "client"], b"MAIL FROM: <a@b>\r\n", 0),
        (&["smtp", "client", "--strict"], b"MAIL FROM: <a@b>\r\n", 1),
        (&["smtp", "client"], b"\x00\r\n", 1),
        (&["lmtp", "server"], b"220 x\r\n25\r\n", 1),
        (&["imap", "client"], b"a NOOP\r\n", 0),
        (&["imap", "server"], b"* OK\r\n* 1 FETCH (RFC822.SIZE -1 UID 5)\r\n", 0),
        (&["imap", "server", "--strict"], b"* OK hi\r\n* 1 FETCH (RFC822.SIZE -1 UID 5)\r\n", 1),
        (&["imap", "server"], b"* OK hi\r\nnonsense\r\n* 1 EXISTS\r\n", 1),
        (&["imap", "--session", "/nonexistent"], b"", 1),
        (&["imap", "client", "--session", "x"], b"", 2),
        (&["smtp"], b"", 2),
        (&["smtp", "nobody"], b"", 2),
        (&["smtp", "client", "/nonexistent"], b"", 1),
        (&["--help"], b"", 0),
    ] {
        let output = inspect(arguments, input);
        assert_eq!(
            output.status.code(),
            Some(status),
            "{arguments:?} {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn outcomes() {
    for (side, wire, strict, tolerant, kind) in [
        ("client", &b"MAIL FROM:<a@b> SIZE=1\r\n"[..], "ok", "ok", "Mail"),
        ("client", b"MAIL FROM: <a@b>\r\n", "malformed", "tolerated", "Mail"),
        ("client", b"FROBNICATE now\r\n", "ok", "ok", "Other"),
        ("client", b"RCPT TO:<a@b", "incomplete", "incomplete", ""),
        ("client", b"RCPT TO:<a@b>>\r\n", "malformed", "malformed", ""),
        ("client", b"BDAT 5\r\nabc", "incomplete", "incomplete", ""),
        ("client", b"BDAT 3\r\nabc", "ok", "ok", "Bdat"),
        ("server", b"250-a\r\n250 b\r\n", "ok", "ok", "Reply"),
        ("server", b"250-a\r\n", "incomplete", "incomplete", ""),
        ("server", b"250 ok\r\r\n", "malformed", "tolerated", "Reply"),
        ("server", b"ok\r\n", "malformed", "malformed", ""),
        ("server", b"\xff\xfe", "incomplete", "incomplete", ""),
    ] {
        for (is_strict, outcome) in [(true, strict), (false, tolerant)] {
            let answer = line(side, is_strict, wire, json!({}));
            assert_eq!(answer["outcome"], outcome, "{} {answer}", wire.escape_ascii());
            assert_eq!(answer["error"].is_null(), outcome != "malformed", "{answer}");
            if matches!(outcome, "ok" | "tolerated") {
                assert_eq!(answer["messages"][0]["kind"], kind);
                assert_eq!(answer["messages"][0]["tolerated"].is_null(), outcome == "ok");
                assert_eq!(answer["consumed"], wire.len());
                let encoded = STANDARD.decode(answer["messages"][0]["encoded"].as_str().unwrap()).unwrap();
                let again = line(side, is_strict, &encoded, json!({}));
                assert_eq!(
                    again["messages"][0]["debug"],
                    answer["messages"][0]["debug"],
                    "{}",
                    encoded.escape_ascii()
                );
            }
        }
    }
    let ehlo = line("server", true, b"250-mx\r\n250 SIZE 5\r\n", json!({ "ehlo": true }));
    assert_eq!(ehlo["messages"][0]["kind"], "EhloReply");
    let greeting = line("server", true, b"554 no\r\n", json!({ "greeting": true }));
    assert_eq!(greeting["messages"][0]["kind"], "Greeting");
}

#[test]
fn outcomes_of_imap() {
    for (side, wire, strict, tolerant, kind) in [
        ("client", &b"a UID FETCH 1:* (FLAGS BODY.PEEK[])\r\n"[..], "ok", "ok", "UidFetch"),
        ("client", b"a LOGIN {4}\r\nuser {4+}\r\npass\r\n", "ok", "ok", "Login"),
        ("client", b"a SELECT \"Entw\xc3\xbcrfe\"\r\n", "malformed", "tolerated", "Select"),
        ("client", b"a XFROB now\r\n", "ok", "ok", "Other"),
        ("client", b"a SELECT\r\n", "malformed", "malformed", ""),
        ("client", b"a LOGIN {4}\r\nus", "incomplete", "incomplete", ""),
        ("client", b"DONE\r\n", "ok", "ok", "Done"),
        ("server", b"* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n", "ok", "ok", "Fetch"),
        ("server", b"* LIST () \"/\" {3}\r\na b\r\n", "ok", "ok", "List"),
        ("server", b"* 1 FETCH (RFC822.SIZE -1 UID 5)\r\n", "malformed", "tolerated", "Fetch"),
        ("server", b"a OK\r\n", "malformed", "tolerated", "Tagged"),
        ("server", b"* 5 XYZZY foo\r\n", "ok", "ok", "Other"),
        ("server", b"* 1 FETCH (BODY[] {5}\r\nabc", "incomplete", "incomplete", ""),
        ("server", b"nonsense\r\n", "malformed", "malformed", ""),
    ] {
        for (is_strict, outcome) in [(true, strict), (false, tolerant)] {
            let answer = line_of("imap", side, is_strict, wire, json!({}));
            assert_eq!(answer["outcome"], outcome, "{} {answer}", wire.escape_ascii());
            assert_eq!(answer["error"].is_null(), outcome != "malformed", "{answer}");
            if matches!(outcome, "ok" | "tolerated") {
                assert_eq!(answer["messages"][0]["kind"], kind);
                assert_eq!(answer["messages"][0]["tolerated"].is_null(), outcome == "ok");
                assert_eq!(answer["consumed"], wire.len());
                let encoded = STANDARD.decode(answer["messages"][0]["encoded"].as_str().unwrap()).unwrap();
                let again = line_of("imap", side, is_strict, &encoded, json!({}));
                assert_eq!(again["messages"][0]["debug"], answer["messages"][0]["debug"]);
            }
        }
    }
    let login = line_of("imap", "client", true, b"a LOGIN user hunter2\r\n", json!({}));
    assert!(!login["messages"][0]["debug"].as_str().unwrap().contains("hunter2"), "secrets are redacted");
    let greeting = line_of("imap", "server", false, b"* NO busy\r\n", json!({ "greeting": true }));
    assert_eq!(
        (&greeting["messages"][0]["kind"], &greeting["outcome"]),
        (&json!("Greeting"), &json!("tolerated"))
    );
    let invalid = line_of("imap", "server", false, b"Server Unavailable. 15\r\n", json!({}));
    assert_eq!((&invalid["messages"][0]["kind"], &invalid["consumed"]), (&json!("Invalid"), &json!(24)));
}

#[test]
fn one_side_of_imap_as_a_stream() {
    let wire = b"a AUTHENTICATE LOGIN\r\ndXNlcg==\r\nc2VjcmV0\r\nb IDLE\r\nDONE\r\nc ENABLE UTF8=ACCEPT\r\n\
        d SELECT \"\xc3\xbc\"\r\ne COMPRESS DEFLATE\r\n\x01\x02";
    let output = inspect(&["imap", "client", "--json", "--strict"], wire);
    assert_eq!(output.status.code(), Some(0));
    let rows = rows(&output);
    let kinds: Vec<&str> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    let expected = ["Authenticate", "Answer", "Answer", "Idle", "Done", "Enable", "Select", "Compress"];
    assert_eq!(kinds, expected);
    assert_eq!(rows[8]["end"], "compressed data follow; not decoded");
    let output = inspect(&["imap", "server", "--strict"], b"* OK hi\r\n* 3 EXISTS\r\n");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Greeting") && text.contains("Exists"), "{text}");
}

/// What `--session` says of an IMAP session, each row as its side, kind and what it answers.
fn imap_session(records: &[(&str, &[u8])], arguments: &[&str]) -> (Vec<Value>, Vec<String>, i32) {
    let mut file = String::from("{\"v\":1}\n");
    for (dir, wire) in records {
        file += &format!("{}\n", json!({ "dir": dir, "b64": STANDARD.encode(wire), "t_ms": 1 }));
    }
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let name = format!("inspect-{}-{}.jsonl", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, file).unwrap();
    let output = inspect(&[&["imap", "--session", path.to_str().unwrap()], arguments].concat(), b"");
    let text = inspect(&["imap", "--json", "--session", path.to_str().unwrap()], b"");
    std::fs::remove_file(&path).unwrap();
    let rows = rows(&text);
    let texts = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    (rows, texts, output.status.code().unwrap())
}

#[test]
fn both_sides_of_an_imap_session() {
    let records: [(&str, &[u8]); 13] = [
        ("S", b"* OK hi\r\n"),
        ("C", b"a LOGIN smith {7}\r\n"),
        ("S", b"+ go on\r\n"),
        ("C", b"hunter2\r\n"),
        ("S", b"a OK in\r\n"),
        ("C", b"b APPEND x {3+}\r\nabc\r\nc UID FETCH 5 FLAGS\r\n"),
        ("S", b"b OK done\r\n* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE -1)\r\n* 2 EXISTS\r\nc OK done\r\n"),
        ("C", b"d IDLE\r\n"),
        ("S", b"+ idling\r\n"),
        ("C", b"DONE\r\ne COMPRESS DEFLATE\r\n"),
        ("S", b"d OK done\r\ne OK go\r\n"),
        ("C", b"\x01\x02"),
        ("S", b"\x03"),
    ];
    let (rows, text, status) = imap_session(&records, &[]);
    assert_eq!(status, 0, "{text:?}");
    let shown = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        [text("dir"), text("kind"), text("answers"), text("tag"), text("end")].join(" ").trim_end().to_owned()
    };
    let shown: Vec<String> = rows.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "S Greeting",
            "C Waits  a",
            "S Continue LOGIN a",
            "C Login  a",
            "S Tagged Login a",
            "C Append  b",
            "C Message  b",
            "C Literal  b",
            "C Body",
            "C AppendEnd  b",
            "C UidFetch  c",
            "S Tagged Append b",
            "S Fetch UidFetch c",
            "S Exists",
            "S Tagged UidFetch c",
            "C Idle  d",
            "S Continue Idle d",
            "C Done  d",
            "C Compress  e",
            "S Tagged Idle d",
            "S Tagged Compress e",
            "C    compressed data follow; not decoded",
            "S    compressed data follow; not decoded",
        ]
    );
    let body = &rows[8];
    assert_eq!((&body["offset"], &body["len"]), (&json!(45), &json!(3)));
    assert_eq!(rows[12]["problem"]["expected"], "a number");
    assert!(text.iter().any(|line| line.contains("Fetch to c UidFetch")), "{text:?}");
    assert!(!text.concat().contains("hunter2"), "secrets are redacted");
    // What is tolerated is an error where nothing is to be.
    assert_eq!(imap_session(&records, &["--strict"]).2, 1);
    let malformed =
        imap_session(&[("S", b"* OK hi\r\n"), ("C", b"a SELECT\r\n"), ("S", b"a BAD no\r\n")], &[]);
    assert_eq!(malformed.2, 1);
    assert_eq!(
        (&malformed.0[1]["kind"], &malformed.0[2]["answers"]),
        (&json!("Malformed"), &json!("Malformed"))
    );
    let injected = imap_session(
        &[("S", b"* OK hi\r\n"), ("C", b"a STARTTLS\r\nb NOOP\r\n"), ("S", b"a OK go\r\n")],
        &["--strict"],
    );
    assert_eq!(injected.0.last().unwrap()["end"], "TLS follows; not decoded");
}

#[test]
fn both_sides_of_a_session() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, protocol, expected) in [
        ("dovecot-lmtp/from-postfix-8.jsonl.gz", "lmtp", "Reply to Data"),
        ("dovecot-submission/raw-bdat.jsonl", "smtp", "Reply to Bdat"),
        ("aiosmtpd/smtp-source.jsonl", "smtp", "Reply to Data"),
        ("postfix/raw-auth_login.jsonl", "smtp", "Reply to Auth"),
        ("postfix/raw-starttls.jsonl", "smtp", "TLS follows; not decoded"),
        ("dovecot/curl-starttls.jsonl", "imap", "TLS follows; not decoded"),
        ("dovecot/raw-compress.jsonl.gz", "imap", "compressed data follow; not decoded"),
        ("dovecot/raw-multiappend.jsonl", "imap", "Tagged to a3 Append"),
        ("pymap/raw-fetch_parts.jsonl.gz", "imap", " Fetch to a"),
    ] {
        let folder = if protocol == "imap" { "imap-proto" } else { "smtp-proto" };
        let path = root.join("..").join(folder).join("tests/transcripts").join(file);
        let output = inspect(&[protocol, "--session", path.to_str().unwrap()], b"");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(expected), "{file}: {text}");
        let output = inspect(&[protocol, "--json", "--session", path.to_str().unwrap()], b"");
        assert!(!rows(&output).is_empty());
    }
}
