//! What real clients, and attackers, send to servers; a row is a situation, what is sent, and what is answered by a
//! strict and by a tolerant server.

use super::*;

/// Where a session stands when the line comes.
#[derive(Clone, Copy, Debug)]
enum After {
    Greeting,
    Ehlo,
    Mail,
    Rcpt,
    Binary,
    Chunk,
    Body,
}

impl After {
    fn said(self) -> &'static str {
        match self {
            Self::Greeting => "",
            Self::Ehlo => "EHLO c\r\n",
            Self::Mail => "EHLO c\r\nMAIL FROM:<a@b>\r\n",
            Self::Rcpt => "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
            Self::Binary => "EHLO c\r\nMAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<c@d>\r\n",
            Self::Chunk => "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 1\r\nx",
            Self::Body => "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n",
        }
    }
}

const KEYWORDS: &str =
    "SIZE\n8BITMIME\nBINARYMIME\nCHUNKING\nENHANCEDSTATUSCODES\nSTARTTLS\nAUTH PLAIN\nXCLIENT NAME ADDR";

fn check(row: u32, after: After, wire: &str, strict: &str, tolerant: &str) {
    for (dialect, wanted) in [(Dialect::STRICT, strict), (Dialect::TOLERANT, tolerant)] {
        let mut options = Options::new(Protocol::Smtp);
        options.dialect = dialect;
        options.pipelining = Pipelining::Allow;
        let mut host = Host::new(options, KEYWORDS);
        host.say(after.said());
        let output = host.say(wire);
        let codes: Vec<&str> =
            output.lines().map(|line| &line[..line.find(char::is_alphabetic).unwrap_or(4)]).collect();
        let codes: Vec<&str> = codes.iter().map(|code| code.trim()).collect();
        let end = if host.error.is_some() {
            " error"
        } else if host.server.state() == State::Closed {
            " closed"
        } else {
            ""
        };
        assert_eq!(codes.join(" | ") + end, wanted, "row {row}, {dialect:?}: {wire:?}");
    }
}

#[test]
fn rows_of_commands() {
    use After::{Binary, Body, Chunk, Ehlo, Greeting, Mail, Rcpt};
    let same = |row, after, wire: &str, wanted: &str| check(row, after, wire, wanted, wanted);
    check(22, Ehlo, "MAIL FROM:<postmaster>\r\n", "501 5.1.7", "250 2.0.0");
    same(21, Mail, "RCPT TO:<PostMaster>\r\n", "250 2.0.0");
    same(31, Ehlo, "MAIL FROM:<j\u{f6}s\u{e9}@ex\u{e4}mple.de>\r\n", "553 5.6.7");
    same(36, Greeting, "HELO x\r\n", "250 2.0.0");
    same(36, Rcpt, "HELO x\r\nDATA\r\n", "250 2.0.0 | 503");
    same(37, Ehlo, "NOOP foo\r\n", "250 2.0.0");
    same(37, Ehlo, "RSET foo\r\n", "501 5.5.4");
    same(37, Rcpt, "DATA foo\r\n", "501 5.5.4");
    same(37, Ehlo, "QUIT foo\r\n", "501 5.5.4");
    same(37, Ehlo, "STARTTLS foo\r\n", "501 5.5.4");
    same(37, Ehlo, "STARTTLSfoo\r\n", "500 5.5.1");
    same(39, Ehlo, "AUTH PLAIN =\r\n", "535 5.7.8");
    same(39, Ehlo, "AUTH PLAIN\r\n", "334");
    same(39, Ehlo, "AUTH PLAIN\r\n*\r\n", "334 | 501 5.0.0");
    check(40, Ehlo, "AUTH PLAIN  AHVzZXIAcGFzcw==\r\n", "501 5.5.2", "235 2.7.0");
    same(40, Ehlo, "AUTH=PLAIN AAA\r\n", "501 5.5.4");
    same(42, Ehlo, "MA\rIL FROM:<a@b>\r\n", "500 5.5.2");
    check(43, Ehlo, "MAIL FROM:<a@b>\n", "", "250 2.0.0");
    check(43, Ehlo, "MAIL FROM:<a@b>\nNOOP\r\n", "500 5.5.2", "250 2.0.0 | 250 2.0.0");
    same(45, Ehlo, "\r\n", "500 5.5.2");
    check(45, Body, "\r\nNOOP\r\n", "500 5.5.2 | 250 2.0.0", "250 2.0.0");
    same(46, Greeting, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", " error");
    same(46, Greeting, "CONNECT x:25 HTTP/1.1\r\n", " error");
    same(46, Greeting, "POST / HTTP/1.1\r\n", " error");
    let long = "x".repeat(1 << 20);
    same(49, Ehlo, &long, " error");
    same(49, Ehlo, &(long[..60_000].to_string() + "\r\nNOOP\r\n"), "500 5.5.2 | 250 2.0.0");
    for size in ["99999999999999999999", "18446744073709551615"] {
        same(51, Rcpt, &format!("BDAT {size}\r\nNOOP\r\n"), "552 5.3.4 closed");
    }
    for size in ["-1", "abc"] {
        same(51, Rcpt, &format!("BDAT {size}\r\nNOOP\r\n"), "501 5.5.4 closed");
    }
    // Other commands that begin with these letters have no octets behind them.
    same(51, Rcpt, "BDATA \0\r\nBDAT-X \0\r\nNOOP\r\n", "501 5.5.4 | 501 5.5.4 | 250 2.0.0");
    same(52, Rcpt, "BDAT 0 LAST\r\n", "250 2.0.0");
    same(52, Rcpt, "BDAT 0\r\n", "250 2.0.0");
    same(54, Binary, "DATA\r\n", "503 5.5.1");
    same(55, Chunk, "DATA\r\n", "503 5.5.1");
    same(57, Ehlo, "STARTTLS\r\nEHLO evil\r\nMAIL FROM:<a@b>\r\n", " error");
    let recipients = "RCPT TO:<c@d>\r\n".repeat(999);
    let accepted = "250 2.0.0 | ".repeat(999);
    same(58, Rcpt, &(recipients + "RCPT TO:<c@d>\r\n"), &(accepted + "452 4.5.3"));
    same(60, Ehlo, "VRFY root\r\n", "252 2.0.0");
    same(60, Ehlo, "EXPN staff\r\n", "502 5.5.1");
    same(60, Ehlo, "HELP\r\n", "214 2.0.0");
    same(61, Ehlo, "XCLIENT ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]\r\n", "220");
    same(61, Ehlo, "XCLIENT ADDR=IPV6:::1\r\nMAIL FROM:<a@b>\r\n", "220 | 503");
    check(12, Ehlo, "MAIL FROM:<a@b> SIZE=\r\n", "501 5.5.4", "250 2.0.0");
}

/// Row 48: the header of a load balancer is an event, whose meaning is the user's business.
#[test]
fn row_48_load_balancers() {
    let mut server = Server::new(Options::new(Protocol::Smtp));
    let header = b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n";
    let event = server.receive(header).unwrap().unwrap().event;
    assert_eq!(event, Event::Foreign(Foreign::Proxy { header }));
}
