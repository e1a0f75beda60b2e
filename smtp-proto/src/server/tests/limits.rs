//! What a client may cost.

use super::*;
use crate::error::{Expected, Limit};

fn with(change: impl FnOnce(&mut Options)) -> Host {
    let mut options = Options::new(Protocol::Smtp);
    options.pipelining = Pipelining::Allow;
    change(&mut options);
    let mut host = Host::new(options, KEYWORDS);
    host.say("EHLO c\r\n");
    host.forget();
    host
}

const MAIL: &str = "MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n";

#[test]
fn sec_30_recipients() {
    let mut host = with(|options| options.limits.recipients = 2);
    let output = host.say("MAIL FROM:<a@b>\r\n".to_string() + &"RCPT TO:<a@b>\r\n".repeat(500));
    assert!(output.ends_with("452 4.5.3 too many recipients\r\n"));
    let counted = codes(&output);
    assert_eq!(counted[..4], [250, 250, 250, 452]);
    assert_eq!(
        (counted.len(), host.server.session.transaction.recipients),
        (501, 2),
        "no error, only a count"
    );
    assert_eq!(codes(&host.say("DATA\r\n")), [354]);
    host.say(".\r\n");
    assert_eq!(codes(&host.say(MAIL)), [250, 250], "for each message");
    // Refused ones do not count, and open ones are waited for.
    host.say("RSET\r\n");
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<refused@b>\r\nRCPT TO:<refused@b>\r\n");
    assert_eq!(codes(&host.say("RCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\n")), [250, 250, 452]);
}

/// RFC 9422: what is offered is in force.
#[test]
fn recipients_as_offered() {
    let mut host = with(|_| ());
    host.keywords = "LIMITS RCPTMAX=2\nPIPELINING";
    host.say("EHLO c\r\n");
    let recipients = "RCPT TO:<a@b>\r\n".repeat(3);
    assert_eq!(codes(&host.say(format!("MAIL FROM:<a@b>\r\n{recipients}"))), [250, 250, 250, 452]);
}

#[test]
fn recipients_that_are_open_are_waited_for() {
    let mut server = with(|options| options.limits.recipients = 2).server;
    let mut input: &[u8] = b"MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\n";
    let mut tokens = Vec::new();
    while let Some(Received { consumed, event: Event::Command { token, command, .. } }) =
        server.receive(input).unwrap()
    {
        if matches!(command, Command::Mail(_)) {
            server.reply(token, &ok()).unwrap();
        } else {
            tokens.push(token);
        }
        input = &input[consumed..];
    }
    assert!(server.is_blocked());
    assert_eq!(tokens.len(), 2);
    server.reply(tokens[1], &reply(550, "no")).unwrap();
    let third = server.receive(input).unwrap();
    assert!(matches!(third, Some(Received { event: Event::Command { .. }, .. })), "{third:?}");
}

#[test]
fn sec_21_bad_commands() {
    let many = "FROB\r\nRCPT TO:<a@b>\r\n\u{7}\r\n".to_string() + &"NOOP x\r\n".repeat(5);
    let mut host = with(|options| options.limits.errors = 2);
    let output = host.say(&many);
    assert_eq!(codes(&output), [500, 503, 421]);
    assert!(output.ends_with("421 4.7.0 too many errors, closing connection\r\n"));
    assert_eq!(host.told().last().unwrap(), "Close");
    // A host that has delivered something is trusted more.
    let mut host = with(|options| (options.limits.errors, options.limits.errors_authenticated) = (2, 5));
    host.say(MAIL);
    host.say("DATA\r\n");
    host.say(".\r\n");
    assert_eq!(
        codes(&host.say("A\r\n\u{7}\r\nC\r\n\u{7}\r\nE\r\n\u{7}\r\n")),
        [500, 500, 500, 500, 500, 421]
    );
    // And so is a user.
    let mut host = with(|options| (options.limits.errors, options.limits.errors_authenticated) = (2, 5));
    host.say("AUTH PLAIN AHVzZXIAcGFzcw==\r\n");
    assert_eq!(codes(&host.say("A\r\nB\r\nC\r\nD\r\n")), [500, 500, 500, 500]);
}

#[test]
fn sec_21_an_error_that_the_user_finds_counts_for_the_next_command() {
    let mut host = with(|options| options.limits.errors = 2);
    assert_eq!(codes(&host.say("A\r\nB\r\nC\r\nNOOP\r\n")), [500, 500, 500, 421]);
    let mut host = with(|options| options.limits.errors = 2);
    assert_eq!(codes(&host.say("A\r\nB\r\nC\r\nQUIT\r\n")), [500, 500, 500, 221], "QUIT is fine");
}

#[test]
fn sec_21_passwords_are_not_to_be_tried() {
    let mut host = with(|_| ());
    let attempts = "AUTH PLAIN AHVzZXIAd3Jvbmc=\r\n".repeat(6);
    assert_eq!(codes(&host.say(&attempts)), [535, 535, 535, 535, 421]);
}

#[test]
fn who_pipelines_behind_a_refused_command_makes_one_mistake() {
    let mut host = with(|_| ());
    let recipients = "RCPT TO:<a@b>\r\n".repeat(50);
    let output = codes(&host.say(format!("MAIL FROM:<refused@b>\r\n{recipients}DATA\r\n")));
    assert_eq!((output[0], output[1], output.len()), (550, 503, 52));
    assert!(!output.contains(&421));
    let output = codes(&host.say("MAIL FROM:<a@b>\r\nRCPT TO:<refused@b>\r\nDATA\r\nRSET\r\n".repeat(9)));
    assert!(!output.contains(&421));
    // But it does not get around the limit.
    assert!(codes(&host.say("RCPT TO:<a@b>\r\n".repeat(2_000))).contains(&421));
}

#[test]
fn sec_21_commands_that_lead_to_nothing() {
    for line in ["NOOP", "RSET", "VRFY a", "HELP", "EHLO c", "MAIL FROM:<refused@b>"] {
        let mut host = with(|options| options.limits.idle_commands = 9);
        let output = codes(&host.say(format!("{line}\r\n").repeat(20)));
        assert_eq!(output.last(), Some(&421), "{line}");
        assert_eq!(host.told().len(), 10, "{line}: EHLO, eight more, the refused one, and Close");
    }
    let mut host = with(|options| options.limits.idle_commands = 9);
    for _ in 0..20 {
        let message = format!("RSET\r\nNOOP\r\n{MAIL}DATA\r\n");
        assert_eq!(codes(&host.say(message)), [250, 250, 250, 250, 354]);
        assert_eq!(codes(&host.say(".\r\n")), [250], "each message earns it anew");
    }
}

#[test]
fn sec_61_empty_lines_are_bad_commands() {
    let mut host = with(|_| ());
    assert_eq!(codes(&host.say("\r\n".repeat(1_000))), [500, 500, 500, 421]);
}

#[test]
fn sec_49_long_lines() {
    let mut host = with(|options| options.limits.errors = 100);
    for len in [2_045, 2_046, 5_000] {
        let line = format!("NOOP {}\r\n", "x".repeat(len - 5));
        let code = if len <= 2_000 { 250 } else { 500 };
        assert_eq!(codes(&host.say(line)), [code], "{len}");
    }
    host.forget();
    // However it comes, nothing of it is kept, and it is one error.
    host.say("x".repeat(3_000));
    for _ in 0..40 {
        host.say("x".repeat(1_000));
        assert_eq!(host.buffer, b"");
    }
    assert_eq!(host.say("\r\nNOOP\r\n"), "500 5.5.2 line too long\r\n250 2.0.0 ok\r\n");
    assert_eq!(host.told(), ["malformed ", "NOOP"]);
    host.say("x".repeat(70_000));
    host.say("x");
    assert_eq!(host.error, Some(Limit::Line.into()));
}

#[test]
fn sec_49_auth_has_longer_lines() {
    let mut host = with(|_| ());
    let auth = format!("AUTH PLAIN {}\r\n", "AAAA".repeat(3_060));
    assert_eq!(auth.len(), 12_253);
    assert_eq!(codes(&host.say(auth)), [535]);
    let auth = format!("AUTH PLAIN {}\r\n", "AAAA".repeat(3_080));
    assert_eq!(codes(&host.say(auth)), [500]);
}

#[test]
fn sec_29_chunks() {
    let mut host = with(|options| options.limits.chunks = 10);
    host.say(MAIL);
    assert_eq!(codes(&host.say("BDAT 1\r\nx".repeat(10))), [250; 10]);
    host.say("BDAT 1\r\nx");
    assert_eq!(host.error, Some(Limit::Chunks.into()));
}

#[test]
fn a_size_of_0_is_no_limit() {
    let mut host = Host::new(Options::new(Protocol::Smtp), "SIZE 0");
    host.say("EHLO c\r\n");
    host.forget();
    assert_eq!(codes(&host.say("MAIL FROM:<a@b> SIZE=9223372036854775807\r\n")), [250]);
}

#[test]
fn message_sizes() {
    // KEYWORDS offer SIZE 1000.
    for (limit, most) in [(None, 1_000), (Some(500), 500), (Some(5_000), 1_000)] {
        let with = || with(|options| options.limits.message = limit);
        let mail = |size: u64| format!("MAIL FROM:<a@b> SIZE={size}\r\n");
        assert_eq!(codes(&with().say(mail(most))), [250]);
        assert_eq!(with().say(mail(most + 1)), "552 5.3.4 message too big\r\n");
        for (size, code) in [(most, 250), (most + 1, 552)] {
            let mut host = with();
            host.say(MAIL.to_string() + "DATA\r\n");
            host.forget();
            let body = "x".repeat(size as usize - 2) + "\r\n";
            assert_eq!(codes(&host.say(format!("{body}.\r\n"))), [code]);
            let told = host.told();
            assert_eq!(told.len(), 2);
            assert_eq!(told[0].len(), body.len().min(most as usize) + 4 - usize::from(size > most));
            // By BDAT, it is known at once; all of it is dropped, and it is over.
            let mut host = with();
            host.say(MAIL);
            host.forget();
            let half = size / 2;
            host.say(format!("BDAT {half}\r\n{}", "x".repeat(half as usize)));
            let rest = size - half;
            let output = host.say(format!("BDAT {rest} LAST\r\n{}NOOP\r\n", "x".repeat(rest as usize)));
            assert_eq!(codes(&output), [code, 250]);
            assert_eq!(codes(&host.say("RCPT TO:<a@b>\r\n")), [503]);
        }
    }
}

#[test]
fn sec_28_numbers() {
    for (line, code) in [
        ("MAIL FROM:<a@b> SIZE=9223372036854775808", 552),
        ("MAIL FROM:<a@b> SIZE=18446744073709551616", 552),
        ("MAIL FROM:<a@b> SIZE=9223372036854775807", 552),
        ("MAIL FROM:<a@b> SIZE=-1", 501),
    ] {
        assert_eq!(codes(&with(|_| ()).say(format!("{line}\r\n"))), [code], "{line}");
    }
    for size in
        ["18446744073709551616", "-1", "1 LAST x", "", "99999999999999999999", "9223372036854775808", "+1"]
    {
        let mut host = with(|_| ());
        host.say(MAIL);
        let output = codes(&host.say(format!("BDAT {size}\r\nQUIT\r\n")));
        assert!(matches!(output[..], [501 | 552]), "{size} {output:?}");
        assert_eq!(
            host.told().last().unwrap(),
            "Close",
            "{size}: where the next command begins is not known"
        );
    }
    let mut host = with(|options| options.limits.message = Some(u64::MAX));
    host.say("EHLO c\r\n");
    host.server.session.capabilities = Capabilities::default();
    host.say(MAIL);
    assert_eq!(host.server.session.transaction.announced, 0);
    let mut host = with(|_| ());
    host.say(MAIL);
    assert_eq!(codes(&host.say("BDAT 0\r\nBDAT 0 LAST\r\n")), [250, 250]);
}

/// The octets of a chunk must not be read as commands, however BDAT is written that cannot be read.
#[test]
fn sec_27_behind_a_broken_bdat_nothing_is_read() {
    let blanks = " ".repeat(2_100);
    let far = format!("{}\t{}", " ".repeat(9_000), " ".repeat(9_000));
    let rows = [
        (format!("BDAT 6{blanks}LAST"), true),
        (format!("bdat\t6{blanks}LAST"), true),
        (format!("BDAT {}", "6".repeat(50_000)), true),
        (format!("{blanks}BDAT 6 LAST"), true),
        (format!("{far}BDAT 6 LAST"), true),
        (" BDAT 6 LAST".to_string(), true),
        ("\t BDAT 6".to_string(), true),
        ("BDAT\t6".to_string(), true),
        (format!("NOOP\nBDAT 6{blanks}"), true),
        ("NOOP\nBDAT 6".to_string(), true),
        (format!("NOOP\rBDAT 6{blanks}"), true),
        ("NOOP\rBDAT 6".to_string(), true),
        ("NOOP\r BDAT 6".to_string(), true),
        ("\0BDAT 6".to_string(), true),
        ("\x0bBDAT 6".to_string(), true),
        (format!("\u{feff}BDAT 6{blanks}"), true),
        ("\u{feff}BDAT 6".to_string(), true),
        (format!("BDATA 6{blanks}LAST"), false),
        (format!("NOOP{blanks}BDAT 6"), false),
        (format!("{blanks}NOOP"), false),
        (" NOOP".to_string(), false),
        (format!("NOOP{blanks}\rNOOP BDAT 6"), false),
    ];
    for (line, closes) in &rows {
        for (limit, cut) in
            [1, 3, 5, 2_048].into_iter().flat_map(|limit| [0, 1, 3, 4, 5, 2_101].map(|cut| (limit, cut)))
        {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                if line.contains('\n') && dialect == Dialect::TOLERANT {
                    // These are two lines, of which the second is a chunk.
                    continue;
                }
                let (output, told) = behind(line.as_bytes(), dialect, limit, cut);
                let front: String = line.chars().take(12).collect();
                let row = format!("{front:?} {limit} {cut} {dialect:?}");
                if *closes {
                    assert!(matches!(output[..], [500 | 501]), "{row}: {output:?}");
                    assert_eq!(told.last().map(String::as_str), Some("Close"), "{row}");
                } else {
                    assert_eq!(output, [500, 250, 221], "{row}");
                }
            }
        }
    }
}

/// What is answered and told when `cut` octets of `line` come under `limit`, and then the rest and two commands.
fn behind(line: &[u8], dialect: Dialect, limit: usize, cut: usize) -> (Vec<u16>, Vec<String>) {
    let mut host = with(|options| options.dialect = dialect);
    host.say(MAIL);
    host.forget();
    let (first, rest) = line.split_at(cut.min(line.len()));
    host.server.options.limits.command_line = limit;
    let mut output = host.say(first);
    host.server.options.limits.command_line = 2_048;
    output += &host.say([rest, b"\r\nNOOP\r\nQUIT\r\n"].concat());
    (codes(&output), host.told())
}

/// How long a line may be is not asked anew for each part of it.
#[test]
fn sec_70_a_long_line_is_one_however_it_is_cut() {
    let offset = |limits: (usize, usize), parts: &[&[u8]]| {
        let mut server = with(|_| ()).server;
        (server.options.limits.command_line, server.options.limits.auth_line) = limits;
        let mut buffer = Vec::new();
        for part in parts {
            buffer.extend_from_slice(part);
            while let Some(Received { consumed, event }) = server.receive(&buffer).unwrap() {
                match event {
                    Event::Skipped { .. } => {}
                    Event::Malformed { error, line, .. } => {
                        assert_eq!((error.expected, line), (Expected::Shorter, &b""[..]));
                        return error.offset;
                    }
                    other => panic!("{other:?}"),
                }
                buffer.drain(..consumed);
            }
        }
        panic!("no end")
    };
    let long = |front: &str, len: usize| front.to_string() + &"A".repeat(len) + "\r\n";
    for (limits, line, wanted) in [
        ((2_048, 12_288), long("AUTH PLAIN ", 13_000), 12_288),
        ((2_048, 12_288), long("AUTHPLAIN ", 13_000), 2_048),
        ((2_048, 12_288), long(" AUTH PLAIN ", 13_000), 2_048),
        ((2_048, 12_288), long("NOOP ", 13_000), 2_048),
        ((2_048, 12_288), long("NOOP AUTH ", 2_100), 2_048),
        ((2, 20), long("AUTH PLAIN ", 30), 20),
        ((2, 20), long("AUTX PLAIN ", 30), 2),
        ((2, 20), "AUTH1\r\n".to_string(), 2),
        ((3, 2), "AUTH X\r\n".to_string(), 2),
        ((2, 3), "AUTX\r\n".to_string(), 2),
        ((2, 3), "\t \r\n".to_string(), 2),
    ] {
        let line = line.as_bytes();
        // Each cut, and each octet for itself of a short one.
        for cut in 0..line.len() {
            let (first, rest) = line.split_at(cut);
            assert_eq!(offset(limits, &[first, rest]), wanted, "{limits:?} {cut} {:?}", &line[..5]);
        }
        if line.len() < 100 {
            let bytewise: Vec<&[u8]> = line.chunks(1).collect();
            assert_eq!(offset(limits, &bytewise), wanted, "{limits:?} {}", line.escape_ascii());
        }
    }
}

#[test]
fn sec_45_what_is_announced_is_not_allocated() {
    let mut host = with(|_| ());
    host.keywords = "CHUNKING";
    host.say("EHLO c\r\n");
    host.say(MAIL);
    host.say("BDAT 9223372036854775807 LAST\r\n");
    for _ in 0..100 {
        host.say([b'x'; 1_000]);
        assert_eq!(host.buffer, b"");
    }
    assert_eq!(host.server.transmit().len(), 0);
}

/// 14 octets each; what is answered too early waits, and counts.
#[test]
fn an_output_is_full_when_no_more_fits() {
    for (output, first) in [(28, Ok(())), (27, Err(ApiMisuse::OutputFull.into()))] {
        let mut host = Host::ready(Protocol::Smtp);
        host.server.options.limits.output = output;
        let mut input = &b"NOOP\r\nNOOP\r\n"[..];
        let tokens = [(); 2].map(|()| {
            let Some(Received { consumed, event: Event::Command { token, .. } }) =
                host.server.receive(input).unwrap()
            else {
                panic!("no command")
            };
            input = &input[consumed..];
            token
        });
        let ok = Reply::new(ReplyCode::OK, None, text!("2.0.0 ok"));
        assert_eq!(ok.as_bytes().len(), 14);
        host.server.reply(tokens[1], &ok).unwrap();
        assert_eq!(host.server.reply(tokens[0], &ok), first);
    }
}

/// Replies of a group that is not whole are held, and must not be when there is no room for more.
#[test]
fn a_full_output_can_be_written() {
    let mut host = Host::ready(Protocol::Smtp);
    host.server.options.limits.output = 64;
    let input = "RSET\r\n".repeat(20);
    let mut rest = input.as_bytes();
    let mut written = 0;
    while let Some(Received { consumed, event }) = host.server.receive(rest).unwrap() {
        rest = &rest[consumed..];
        let Event::Command { token, .. } = event else { panic!("{event:?}") };
        while let Err(error) = host.server.reply(token, &ok()) {
            assert_eq!(error, ApiMisuse::OutputFull.into());
            assert!(host.server.transmit().remaining() > 0);
            host.flush();
            written += 1;
        }
    }
    assert!(rest.is_empty() && written > 1);
    host.flush();
    assert_eq!(codes(&host.output), [250; 20]);
}

#[test]
fn what_comes_before_the_greeting_is_bounded_and_remembered() {
    for (pipelining, most) in [(Pipelining::Enforce, 20), (Pipelining::Allow, 40)] {
        let mut options = Options::new(Protocol::Smtp);
        (options.limits.command_line, options.limits.discard, options.pipelining) = (20, 40, pipelining);
        let mut server = Server::new(options);
        assert_eq!(server.receive(b""), Ok(None));
        assert!(!server.session.has_rushed, "nothing came");
        assert_eq!(server.receive(&[b'x'; 40][..most]), Ok(None));
        assert_eq!(server.session.has_rushed, pipelining == Pipelining::Enforce);
        assert_eq!(server.receive(&[b'x'; 41][..=most]), Err(PeerMisbehaved::PipeliningViolation.into()));
    }
}

#[test]
fn sec_21_a_chunk_that_ends_the_session_is_not_waited_for() {
    let mut options = Options::new(Protocol::Smtp);
    options.pipelining = Pipelining::Enforce;
    let mut server = Server::new(options);
    let input = b"BDAT 1000\r\n";
    assert_eq!(server.receive(input), Ok(None), "it did not wait for the greeting");
    server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("ready"))).unwrap();
    let Some(Received { consumed, event: Event::Refused { token, reply, .. } }) =
        server.receive(input).unwrap()
    else {
        panic!("no answer")
    };
    assert_eq!(consumed, input.len());
    server.reply(token, &reply).unwrap();
    assert_eq!(server.state(), State::Closed);
}

#[test]
fn sec_49_only_auth_may_have_a_long_line() {
    for (verb, code) in [("AUTH", 504), ("auth", 504), ("AUTHS", 500), ("AUTH-X", 500), ("AUTH1", 500)] {
        let line = format!("{verb} X {}\r\n", "a".repeat(3_000));
        assert_eq!(codes(&with(|_| ()).say(&line)), [code], "{verb}");
        let mut host = with(|_| ());
        let output: String = line.split_inclusive(|_| true).map(|octet| host.say(octet)).collect();
        assert_eq!(codes(&output), [code], "{verb} octet by octet");
    }
}

/// RFC 5321 section 4.5.3.2.7.
#[test]
fn a_server_waits_for_five_minutes() {
    let host = Host::ready(Protocol::Smtp);
    assert_eq!(host.server.suggested_timeout().as_secs(), 5 * 60);
}
