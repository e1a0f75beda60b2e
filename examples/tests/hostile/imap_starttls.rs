//! IMAP: STARTTLS that is stripped, refused, answered with more than an answer, or made superfluous.

use std::net::{Ipv4Addr, TcpListener};

use crate::imap_server::ImapServer;
use crate::interop::imap_client::imap_client;
use crate::interop::programs::Ended;
use crate::interop::{PASSWORD, USER};
use crate::server::{Hostile, Next, fill_tags, ready_for_tls, tagged, without_tags};

/// A server in the middle, up to its STARTTLS.
#[derive(Clone, Copy)]
pub struct Middle<'a> {
    pub greeting: &'a str,
    /// Its answer to CAPABILITY; and to STARTTLS.
    pub capability: &'a str,
    pub starttls: &'a str,
}

impl Middle<'_> {
    /// One that does no harm.
    pub const HONEST: Self = Self {
        greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n",
        capability: "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n{t} OK done\r\n",
        starttls: "{t} OK begin TLS now\r\n",
    };
}

/// How a client has fared.
#[derive(Debug, PartialEq)]
pub struct Fared {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// What it has said in clear, without tags.
    pub in_clear: Vec<String>,
}

/// Runs the client, which insists on TLS but not on a certificate, against this server. Behind STARTTLS it meets the real one.
pub fn run(middle: Middle<'_>, behind: Option<&ImapServer>, command: &[&str]) -> Fared {
    let [greeting, capability, starttls] =
        [middle.greeting, middle.capability, middle.starttls].map(str::to_owned);
    let behind = behind.map(|server| server.imap);
    let server = Hostile::start(vec![greeting.into_bytes()], move |line| match (&*tagged(line).2, behind) {
        ("CAPABILITY", _) => Next::say(fill_tags(&capability, line)),
        ("STARTTLS", None) => Next::say(fill_tags(&starttls, line)),
        ("STARTTLS", Some(port)) => {
            Next::Pass(vec![fill_tags(&starttls, line)], ready_for_tls(port, &["a STARTTLS"]))
        }
        // Whatever comes is welcome.
        _ => Next::say(fill_tags("{t} OK thank you\r\n", line)),
    });
    let ended = client(server.port, command);
    fared(ended, server)
}

/// For a client that does not insist on TLS.
pub const IN_CLEAR: [&str; 7] = ["--tls", "none", "--insecure", "--user", USER, "--password", PASSWORD];

fn client(port: u16, command: &[&str]) -> Ended {
    let protection = ["--tls", "starttls", "--insecure", "--user", USER, "--password", PASSWORD];
    imap_client(port, &[&protection, command].concat())
}

pub fn fared(ended: Ended, server: Hostile) -> Fared {
    let Ended { code, stdout, stderr } = ended;
    Fared { code, stdout, stderr, in_clear: without_tags(&server.heard()) }
}

/// It has given up with this error, and has said no more than this.
#[track_caller]
pub fn gives_up(id: &str, fared: Fared, in_clear: &[&str], error: &str) {
    let (code, stdout) = (1, String::new());
    let stderr = format!("imap_client: {error}\n");
    let in_clear = in_clear.iter().map(|&line| line.to_owned()).collect();
    assert_eq!(fared, Fared { code, stdout, stderr, in_clear }, "{id}");
}

pub const LIST: &[&str] = &["list"];
const INJECTED: &str = "peer misbehaved: plaintext after STARTTLS";
const REFUSED: &str = "peer misbehaved: TLS refused";

#[test]
fn east_the_honest_way_leads_in() {
    let server = ImapServer::start(&[], &[]);
    let client = run(Middle::HONEST, Some(&server), LIST);
    assert_eq!((client.code, &*client.stderr), (0, ""));
    assert_eq!(client.in_clear, ["STARTTLS"]);
    assert_eq!(client.stdout, "(\\HasNoChildren) \"/\" INBOX\n");
}

/// Response injection. Behind the server there is a real one that would speak TLS.
#[test]
fn east_b_1_b_2_b_3_what_stands_behind_the_answer() {
    let server = ImapServer::start(&[], &[]);
    for (id, injected) in [
        ("B_1", "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN\r\n{n} OK capability done.\r\n"),
        ("B_1, half a line", "* CAPABILITY IMAP4rev1 AUTH="),
        ("B_1, an end of line", "\r\n"),
        ("B_2", "* OK [ALERT] suffix.\r\n"),
        ("B_3", "* BYE close the connection please.\r\n"),
        ("B_1, TLS of another", "\x16\x03\x01"),
    ] {
        let answer = format!("{}{injected}", Middle::HONEST.starttls);
        let client = run(Middle { starttls: &answer, ..Middle::HONEST }, Some(&server), LIST);
        gives_up(id, client, &["STARTTLS"], INJECTED);
    }
    // In two pieces, with the cut before the end of the line, or behind the first octet that is too much.
    let answer = "{t} OK begin TLS now\r\n* BYE\r\n";
    for cut in 4..24 {
        let cut = if cut == 22 { answer.len() - 1 } else { cut };
        let server = Hostile::start(vec![Middle::HONEST.greeting.into()], move |line| {
            let (front, back) = answer.split_at(cut);
            Next::Say([front, back].map(|piece| fill_tags(piece, line)).to_vec())
        });
        let ended = client(server.port, LIST);
        gives_up(&format!("B_3 cut at {cut}"), fared(ended, server), &["STARTTLS"], INJECTED);
    }
    // When the client has begun its handshake it is in the place of the server's.
    for injected in ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{n} OK\r\n", "* OK [ALERT] after TLS.\r\n"] {
        let server = Hostile::start(vec![Middle::HONEST.greeting.into()], move |line| {
            Next::SayIntoTls(fill_tags(Middle::HONEST.starttls, line), fill_tags(injected, line))
        });
        let fared = fared(client(server.port, LIST), server);
        assert!(fared.stderr.starts_with("imap_client: TLS handshake: "), "{fared:?}");
        assert_eq!((fared.code, &*fared.stdout, fared.in_clear), (1, "", vec!["STARTTLS".to_owned()]));
    }
}

/// What stands in front of the answer is dropped: it is not shown, and TLS begins.
#[test]
fn east_b_2_prefix() {
    let server = ImapServer::start(&[], &[]);
    let honest = run(Middle::HONEST, Some(&server), LIST);
    for prefix in ["* OK [ALERT] prefix.\r\n", "* NO [ALERT] call +1\r\n", "junk\r\n"] {
        let answer = format!("{prefix}{}", Middle::HONEST.starttls);
        let client = run(Middle { starttls: &answer, ..Middle::HONEST }, Some(&server), LIST);
        assert_eq!(client, honest, "{prefix}");
    }
}

#[test]
fn east_o_1_to_o_4_starttls_is_refused() {
    const GREETING: &str = "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN] ready\r\n";
    for (id, starttls, error) in [
        ("O_2", "{t} NO do not begin TLS now.\r\n", REFUSED),
        ("O_3", "{t} BAD do not begin TLS now.\r\n", REFUSED),
        ("O_4", "+ continue with something.\r\n", REFUSED),
        ("O_4, nothing", "+ \r\n", REFUSED),
    ] {
        let client = run(Middle { greeting: GREETING, starttls, ..Middle::HONEST }, None, LIST);
        gives_up(id, client, &["STARTTLS"], error);
    }
    let server = Hostile::start(vec![GREETING.into()], |_| Next::HangUp("* BYE [ALERT] call +1\r\n".into()));
    let ended = client(server.port, LIST);
    gives_up("B_3 alone", fared(ended, server), &["STARTTLS"], "the server hung up");
    // O_1 does not offer it either.
    let greeting = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] ready\r\n";
    let starttls = "{t} BAD STARTTLS not supported.\r\n";
    let client = run(Middle { greeting, starttls, ..Middle::HONEST }, None, LIST);
    gives_up("O_1", client, &[], "not sent: the server does not offer STARTTLS");
}

#[test]
fn east_p_to_p_5_preauth_leaves_no_place_for_tls() {
    for (id, capabilities) in [
        ("P", "IMAP4rev1 STARTTLS LOGINDISABLED"),
        ("P_1", "IMAP4rev1"),
        ("P_2", "IMAP4rev1 AUTH=PLAIN AUTH=LOGIN"),
        ("P_3", "IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN"),
        ("P_4", "IMAP4rev1 AUTH=PLAIN AUTH=LOGIN ENABLE"),
        ("P_5", "IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN ENABLE"),
        ("M_1_A", "IMAP4rev1 MAILBOX-REFERRALS"),
    ] {
        let greeting = format!("* PREAUTH [CAPABILITY {capabilities}] ready\r\n");
        for greeting in [&*greeting, "* PREAUTH ready\r\n"] {
            let capability = format!("* CAPABILITY {capabilities}\r\n{{t}} OK done\r\n");
            let middle = Middle { greeting, capability: &capability, ..Middle::HONEST };
            gives_up(
                id,
                run(middle, None, LIST),
                &[],
                "peer misbehaved: PREAUTH leaves no place for the TLS that is required",
            );
        }
    }
}

#[test]
fn east_d_1_to_d_3_starttls_is_not_offered() {
    for (id, capabilities) in
        [("D_1", "IMAP4rev1"), ("D_2", "IMAP4"), ("D_1, another word", "IMAP4rev1 STARTTLSX XSTARTTLS")]
    {
        let greeting = format!("* OK [CAPABILITY {capabilities}] ready\r\n");
        let client = run(Middle { greeting: &greeting, ..Middle::HONEST }, None, LIST);
        gives_up(id, client, &[], "not sent: the server does not offer STARTTLS");
    }
    // D_3 says nothing in its greeting: the client tries, and is refused.
    let starttls = "{t} BAD unknown command\r\n";
    let client = run(Middle { greeting: "* OK ready\r\n", starttls, ..Middle::HONEST }, None, LIST);
    gives_up("D_3", client, &["STARTTLS"], REFUSED);
}

/// Referrals are what somebody says, and are not followed.
#[test]
fn east_l_1_m_2_referrals() {
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let to = format!("127.0.0.1:{}", elsewhere.local_addr().unwrap().port());
    let referral = format!("[REFERRAL IMAP://;AUTH=*@{to}/]");
    let server = ImapServer::start(&[], &[]);
    let honest = run(Middle::HONEST, Some(&server), LIST);
    // In clear: dropped, or a refusal.
    let greeting = format!("* OK {referral} elsewhere\r\n");
    let client = run(Middle { greeting: &greeting, ..Middle::HONEST }, Some(&server), LIST);
    assert_eq!(client, honest, "L_1");
    let greeting = format!("{}* OK {referral} elsewhere\r\n", Middle::HONEST.greeting);
    let client = run(Middle { greeting: &greeting, ..Middle::HONEST }, Some(&server), LIST);
    assert_eq!(client, honest, "protocol_state 01");
    let starttls = format!("{{t}} NO {referral} elsewhere\r\n");
    let client = run(Middle { starttls: &starttls, ..Middle::HONEST }, None, LIST);
    gives_up("L_1", client, &["STARTTLS"], REFUSED);
    // To who speaks in clear: it is shown.
    for (id, command, refused) in
        [("L_1_A", "LOGIN", "the server does not let alice in: "), ("M_2_A", "EXAMINE", "")]
    {
        let no = format!("{{t}} NO {referral} elsewhere\r\n");
        let greeting = "* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS MAILBOX-REFERRALS] ready\r\n";
        let server = Hostile::start(vec![greeting.into()], move |line| {
            let is_it = tagged(line).2.starts_with(command);
            Next::say(fill_tags(if is_it { &no } else { "{t} OK done\r\n" }, line))
        });
        let ended = imap_client(server.port, &[&IN_CLEAR, &["watch"][..]].concat()).expect_code(1);
        let said = format!("NO [REFERRAL IMAP://;AUTH=*@{to}/] elsewhere");
        assert!(ended.stderr.starts_with(&format!("imap_client: {refused}")), "{id}: {}", ended.stderr);
        assert!(ended.stderr.ends_with(&format!("{said}\n")), "{id}: {}", ended.stderr);
        server.heard();
    }
    let nobody = elsewhere.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

/// A tag that can be foreseen is no answer as long as the command was not sent: the client passes over it, and waits for its own.
#[test]
fn east_reorder() {
    let real = ImapServer::start(&[], &[]);
    let honest = run(Middle::HONEST, Some(&real), LIST);
    let starttls = "{n} OK done\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK x\r\n{t} OK begin TLS now\r\n";
    let client = run(Middle { starttls, ..Middle::HONEST }, Some(&real), LIST);
    assert_eq!(client, honest);
    let starttls = "{n} OK begin TLS now\r\n{t} NO not now\r\n";
    let client = run(Middle { starttls, ..Middle::HONEST }, None, LIST);
    gives_up("reorder", client, &["STARTTLS"], REFUSED);
    // Nor does it go on for ever.
    let starttls = "{n} OK begin TLS now\r\n".repeat(17);
    let client = run(Middle { starttls: &starttls, ..Middle::HONEST }, None, LIST);
    gives_up("reorder", client, &["STARTTLS"], "limit exceeded: too many unexpected responses");
    // A client that takes clear text is not let in by what was said before it asked.
    let server = Hostile::start(vec!["* OK z7fkPNEe\r\n".into()], |line| match &*tagged(line).2 {
        "CAPABILITY" => Next::say(fill_tags("{n} OK in\r\n* CAPABILITY IMAP4rev1\r\n{t} OK done\r\n", line)),
        _ => Next::say(fill_tags("{t} NO who are you\r\n", line)),
    });
    let ended = imap_client(server.port, &[&IN_CLEAR, LIST].concat());
    let error = "the server does not let alice in: NO who are you";
    gives_up("reorder", fared(ended, server), &["CAPABILITY", "LOGIN alice \"wonder land\""], error);
}
