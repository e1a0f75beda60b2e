//! What is measured: one task done by one library.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use benches::Load;
use benches::imap::Imap;
use benches::recorded::Recorded;
use benches::session::Session;
use benches::smtp::Smtp;
use bytes::BytesMut;

/// The verdict on who did all of it.
pub const ACCEPTS: &str = "accepts all";
/// The verdict on who wrote the same in another way.
pub const DIFFERS: &str = "writes other octets";

/// A load, and what is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task<L = Any> {
    /// What is read; when encoding, before the clock runs.
    pub load: L,
    /// The messages are written, not read.
    pub encode: bool,
}

/// A load of either protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Any {
    Imap(Imap),
    Smtp(Smtp),
    Recorded(Recorded),
    /// Fed to a machine, so many octets at a time.
    Session(Session, usize),
}

impl Any {
    /// Its bytes, the same every time; none where this program was not built for it: the machines that take part in making
    /// them would have the compiler decide otherwise what to put in line of the parsers.
    pub fn generate(self) -> Load {
        match self {
            Self::Imap(load) => load.generate(),
            Self::Smtp(load) => load.generate(),
            #[cfg(feature = "sessions")]
            Self::Recorded(load) => load.generate(),
            #[cfg(feature = "sessions")]
            Self::Session(load, _) => load.generate(),
            #[cfg(not(feature = "sessions"))]
            Self::Recorded(_) | Self::Session(..) => Load::default(),
        }
    }

    /// What is to come out, where that is not messages.
    fn outcome(self) -> Option<Vec<u8>> {
        match self {
            Self::Smtp(load) => load.outcome(),
            _ => None,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Imap(load) => load.name().to_owned(),
            Self::Smtp(load) => load.name().to_owned(),
            Self::Recorded(load) => load.name().to_owned(),
            Self::Session(load, piece) => format!("{}/{piece}", load.name()),
        }
    }
}

impl Task {
    /// Every task, whether this program was built for it or not.
    pub fn all() -> Vec<Self> {
        let imap = Imap::ALL.map(Any::Imap);
        let smtp = Smtp::ALL.map(Any::Smtp);
        let written = [Smtp::MailRcpt, Smtp::Commands, Smtp::Replies, Smtp::Ehlo].map(Any::Smtp);
        let sessions = Session::ALL
            .into_iter()
            .flat_map(|load| load.pieces().iter().map(move |&piece| Any::Session(load, piece)));
        let read = |load| Self { load, encode: false };
        let write = |load| Self { load, encode: true };
        (imap.into_iter().map(read))
            .chain(imap.into_iter().map(write))
            .chain(smtp.into_iter().map(read))
            .chain(written.into_iter().map(write))
            .chain(Recorded::ALL.map(Any::Recorded).into_iter().map(read))
            .chain(sessions.map(read))
            .collect()
    }

    /// Whether this program was built for it: sessions have a build of their own, those that were recorded, too.
    pub fn is_built(self) -> bool {
        matches!(self.load, Any::Session(..) | Any::Recorded(_)) == cfg!(feature = "sessions")
    }

    /// What it is called on the command line and in tables.
    pub fn name(self) -> String {
        format!("{}{}", self.load.name(), if self.encode { "/encode" } else { "" })
    }

    /// The task of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|task| task.name() == name)
    }
}

/// Something that is done with the buffer to write to.
type Step<'l, T> = Box<dyn FnMut(&mut Vec<u8>) -> T + 'l>;

/// A task as one library does it.
pub struct Job<'l> {
    /// The library.
    pub peer: &'static str,
    /// Whether the octets of a body are written to the buffer, and not only looked at.
    copies: bool,
    prepare: Box<dyn FnMut() + 'l>,
    run: Step<'l, usize>,
    finish: Step<'l, ()>,
}

impl<'l> Job<'l> {
    /// Reads the messages one by one, and looks at nothing of the outcome but whether it is one.
    ///
    /// Each message is handed over alone: finding where it ends is not part of the task, and reading up to its end is.
    pub fn read<T, E>(
        peer: &'static str,
        load: &'l Load,
        read: impl Fn(&'l [u8]) -> Result<T, E> + 'l,
    ) -> Self {
        let messages: Vec<&[u8]> = load.messages().collect();
        Self::body(peer, move |_| messages.iter().filter(|message| black_box(&read(message)).is_ok()).count())
    }

    /// Writes the messages, read beforehand, one by one.
    pub fn written<T: 'l, E>(
        peer: &'static str,
        load: &'l Load,
        read: impl Fn(&'l [u8]) -> Result<T, E>,
        write: impl Fn(&T, &mut Vec<u8>) + 'l,
    ) -> Self {
        let messages: Vec<T> = load.messages().flat_map(read).collect();
        Self::body(peer, move |out| {
            for message in &messages {
                write(message, out);
            }
            messages.len()
        })
    }

    /// The same for those that write to a `BytesMut`: to one of their own, which the buffer takes over afterwards.
    pub fn written_apart<T: 'l>(
        peer: &'static str,
        load: &'l Load,
        read: impl Fn(&'l [u8]) -> Option<T>,
        write: impl Fn(&T, &mut BytesMut) + 'l,
    ) -> Self {
        let messages: Vec<T> = load.messages().filter_map(read).collect();
        let buffer = Rc::new(RefCell::new(BytesMut::new()));
        let (cleared, written) = (Rc::clone(&buffer), Rc::clone(&buffer));
        let capacity = load.bytes.len() * 2;
        let run = move |_: &mut Vec<u8>| {
            let mut out = buffer.borrow_mut();
            for message in &messages {
                write(message, &mut out);
            }
            messages.len()
        };
        Self::body(peer, run)
            .after(move || _ = cleared.replace(BytesMut::with_capacity(capacity)))
            .before(move |out| out.extend_from_slice(&written.borrow()))
    }

    /// Does all of the load at once, with an empty buffer to write to; says how many messages it took.
    pub fn body(peer: &'static str, run: impl FnMut(&mut Vec<u8>) -> usize + 'l) -> Self {
        Self { peer, copies: true, prepare: Box::new(|| ()), run: Box::new(run), finish: Box::new(|_| ()) }
    }

    /// Writes nothing to the buffer.
    pub fn without_copy(self) -> Self {
        Self { copies: false, ..self }
    }

    /// Does `prepare` before each run, unmeasured.
    pub fn after(self, prepare: impl FnMut() + 'l) -> Self {
        Self { prepare: Box::new(prepare), ..self }
    }

    /// Does `finish` after the last run, unmeasured: for those that write to a buffer of their own.
    pub fn before(self, finish: impl FnMut(&mut Vec<u8>) + 'l) -> Self {
        Self { finish: Box::new(finish), ..self }
    }

    /// A run that does not count, and all that comes before one that does.
    #[inline(never)]
    pub fn warm_up(&mut self, out: &mut Vec<u8>) {
        self.make_ready(out);
        (self.run)(out);
        self.make_ready(out);
    }

    /// All that comes before a run.
    pub fn make_ready(&mut self, out: &mut Vec<u8>) {
        out.clear();
        (self.prepare)();
    }

    /// The run that counts: callgrind collects inside of this function and nowhere else.
    #[inline(never)]
    pub fn measured_run(&mut self, out: &mut Vec<u8>) -> usize {
        (self.run)(out)
    }

    /// Whether the task was done: every message accepted, and what was to come out came out.
    ///
    /// [`ACCEPTS`], [`DIFFERS`], or how many were refused.
    pub fn verdict(&mut self, task: Task, load: &Load, out: &mut Vec<u8>, accepted: usize) -> String {
        (self.finish)(out);
        if accepted < load.count() {
            return format!("refuses {}", load.count() - accepted);
        }
        let expected = if task.encode { Some(load.bytes.clone()) } else { task.load.outcome() };
        match expected.filter(|_| self.copies) {
            // Some libraries write the keywords in their own case.
            Some(expected) if !out.eq_ignore_ascii_case(&expected) => DIFFERS.to_owned(),
            _ => ACCEPTS.to_owned(),
        }
    }
}
