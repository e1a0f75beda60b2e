//! Synchronisation ([RFC 7162](https://www.rfc-editor.org/rfc/rfc7162), [RFC
//! 4549](https://www.rfc-editor.org/rfc/rfc4549)).

mod parameters;
mod steps;

use crate::capability::Capabilities;
use crate::registry::Capability;

/// What of a mailbox has to be saved beside its messages, so that a later session can go on from here.
///
/// It is true of the messages that are known now: save those first, or both at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// UIDVALIDITY. With another one, all is forgotten.
    pub uid_validity: u64,
    /// Which messages are new to the client: those whose UIDs are not below.
    pub uid_next: u32,
    /// The HIGHESTMODSEQ up to which all changes are known; `None` when the mailbox has no mod-sequences.
    pub mod_seq: Option<u64>,
    /// All messages below `uid_next` that there were are known. Not so when there was no room, or some were left out.
    pub is_complete: bool,
}

/// What a server can, as far as it matters to synchronisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Abilities {
    /// QRESYNC was enabled. RFC 7162 section 3.2.3.
    pub qresync: bool,
    /// There are mod-sequences: CONDSTORE, or QRESYNC, is offered. RFC 7162 section 3.1.
    pub condstore: bool,
    /// SEARCH can return ranges: ESEARCH or IMAP4rev2 is offered. RFC 4731.
    pub esearch: bool,
    /// UIDONLY was enabled: there are no message numbers. RFC 9586.
    pub uid_only: bool,
}

impl Abilities {
    /// What follows from what is offered and what was enabled: `ENABLE QRESYNC` is needed for QRESYNC, which may be offered in
    /// vain.
    pub fn of(offered: &Capabilities<'_>, enabled: &Capabilities<'_>) -> Self {
        let offers = |capability| offered.contains(&capability);
        let qresync = enabled.contains(&Capability::QResync);
        Self {
            qresync,
            condstore: qresync || offers(Capability::CondStore) || offers(Capability::QResync),
            esearch: offers(Capability::ESearch) || offers(Capability::Imap4Rev2),
            uid_only: enabled.contains(&Capability::UidOnly),
        }
    }
}

/// How a mailbox is synchronised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// `SELECT INBOX (QRESYNC (…))` tells what has changed and what is gone; `UID FETCH 550:* (FLAGS MODSEQ)` tells what is new,
    /// where there is something. RFC 7162 section 3.2.5.
    QResync,
    /// `UID FETCH 550:* (FLAGS MODSEQ)` tells what is new, `UID FETCH 1:549 (FLAGS) (CHANGEDSINCE 90)` what has changed, and where
    /// the number of messages shows that something is gone, `UID SEARCH UID 1:549` tells what is there. RFC 7162 section 3.1.4.1.
    CondStore,
    /// `UID FETCH 1:* (FLAGS)` tells all. The only one where nothing is known, UIDVALIDITY is another one, the mailbox has no
    /// mod-sequences, or the server contradicts what was saved.
    #[default]
    Full,
}

/// What is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// New messages are fetched.
    Arrived,
    /// Changed ones are.
    Changes,
    /// It is asked which messages there are; whether it was told.
    Present(bool),
    /// All are fetched.
    Full,
}

/// What is still to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ToDo {
    arrived: bool,
    changes: bool,
    present: bool,
    full: bool,
}

/// How far a mailbox is synchronised.
#[derive(Clone, Debug, Default)]
pub(super) struct Sync {
    pub(super) abilities: Abilities,
    /// What holds since the last synchronisation that was complete.
    pub(super) checkpoint: Option<Checkpoint>,
    /// Messages were left out: there was no room.
    pub(super) is_bounded: bool,
    /// SELECT had QRESYNC's parameter.
    asked_qresync: bool,
    method: Method,
    todo: ToDo,
    step: Option<Step>,
    is_done: bool,
    /// How many steps there were.
    steps: u32,
    /// All were fetched.
    was_full: bool,
    /// How many messages have come since all that are new were last asked for.
    arrivals: u32,
    /// HIGHESTMODSEQ as it was told last: what a synchronisation that ends now has reached.
    reached: Option<u64>,
}

impl Sync {
    /// The most steps of a synchronisation: a server that never comes to rest is given up.
    const STEPS: u32 = 12;

    /// What is known is not to be trusted.
    pub(super) fn doubt(&mut self) {
        self.todo.full = true;
        self.unsettle();
    }

    /// Which messages are there is not certain.
    pub(super) fn doubt_presence(&mut self) {
        // What is not fetched any more is gone.
        if self.step != Some(Step::Full) {
            self.todo.present = true;
            self.unsettle();
        }
    }

    fn unsettle(&mut self) {
        if self.is_done {
            (self.is_done, self.steps, self.was_full) = (false, 0, false);
        }
    }

    pub(super) fn arrived(&mut self, count: u32) {
        self.arrivals = self.arrivals.saturating_add(count);
    }

    /// The mailbox is not selected any more.
    pub(super) fn interrupt(&mut self) {
        let Self { abilities, checkpoint, is_bounded, asked_qresync, .. } = *self;
        *self = Self { abilities, checkpoint, is_bounded, asked_qresync, ..Self::default() };
    }

    /// Nothing holds any more.
    pub(super) fn start_anew(&mut self) {
        (self.checkpoint, self.is_bounded) = (None, false);
        self.doubt();
    }

    /// There are no mod-sequences any more.
    pub(super) fn forget_mod_seq(&mut self) {
        self.reached = None;
        if !self.is_done {
            // What has changed cannot be asked for.
            self.todo.full = true;
        }
        if let Some(checkpoint) = &mut self.checkpoint {
            checkpoint.mod_seq = None;
        }
    }

    /// A command is completed, and changes are known up to `told`, or else up to the highest that was `seen`; below
    /// `uid_next` all messages are known.
    pub(super) fn advance(&mut self, told: Option<u64>, seen: u64, uid_next: Option<u32>) {
        self.reached = told.or(self.reached);
        let Some(checkpoint) = self.checkpoint.as_mut().filter(|_| self.is_done) else { return };
        if let Some(mod_seq) = &mut checkpoint.mod_seq {
            *mod_seq = told.unwrap_or_else(|| seen.max(*mod_seq));
        }
        if let Some(uid_next) = uid_next.filter(|_| checkpoint.is_complete) {
            checkpoint.uid_next = checkpoint.uid_next.max(uid_next);
        }
    }
}
