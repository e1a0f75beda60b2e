//! The machines, fed in pieces, and the observers on the recorded sessions. What they hold here is held beside a buffer for
//! what comes in, which is counted, too.

use benches::Load;
use benches::recorded::{Conversation, Protocol, Recorded};
use benches::session::{self, Session};

use crate::Job;

/// Octets that pass at a time.
const PIECES: [usize; 4] = [1, 7, 1460, 65_536];

/// Runs each job.
pub(crate) fn each(run: &mut impl FnMut(Job<'_>)) {
    for session in Session::ALL {
        let load = session.generate();
        for &piece in session.pieces() {
            run(Job::prepared(
                format!("{}/{piece}", session.name()),
                &load,
                || session.machine(&load),
                |mut machine| assert_eq!(session::feed(&mut machine, &load, piece), load.count()),
            ));
        }
    }
    for recorded in Recorded::ALL {
        read(run, recorded, &recorded.generate());
    }
    for (protocol, name) in [(Protocol::Imap, "recorded-imap"), (Protocol::Smtp, "recorded-smtp")] {
        let all = Conversation::all(protocol);
        for piece in PIECES {
            let pieces: Vec<_> = all.iter().map(|one| one.in_pieces(piece)).collect();
            let observe = || all.iter().zip(&pieces).map(|(one, pieces)| one.observe(pieces)).sum::<usize>();
            let mut job = Job::new(format!("{name}/observer/{piece}"), &Load::default(), || _ = observe());
            (job.octets, job.messages) = (all.iter().map(Conversation::octets).sum(), observe());
            run(job);
        }
    }
}

/// What was recorded, message by message, by who puts up with what can be put up with.
fn read(run: &mut impl FnMut(Job<'_>), recorded: Recorded, load: &Load) {
    let read: fn(&[u8]) -> bool = match recorded {
        Recorded::ImapResponses => |message| {
            let dialect = imap_proto::Dialect::TOLERANT.with_utf8(true);
            std::hint::black_box(imap_proto::Response::parse(message, dialect)).is_ok()
        },
        Recorded::ImapCommands => |message| {
            let dialect = imap_proto::Dialect::TOLERANT.with_utf8(true);
            std::hint::black_box(imap_proto::TaggedCommand::parse(message, dialect)).is_ok()
        },
        Recorded::SmtpReplies => |message| {
            std::hint::black_box(smtp_proto::Reply::parse(message, smtp_proto::Dialect::TOLERANT)).is_ok()
        },
        Recorded::SmtpCommands => |message| {
            std::hint::black_box(smtp_proto::Command::parse(message, smtp_proto::Dialect::TOLERANT)).is_ok()
        },
    };
    run(Job::new(format!("{}/read", recorded.name()), load, || {
        assert!(load.messages().filter(|message| read(message)).count() > 0);
    }));
}
