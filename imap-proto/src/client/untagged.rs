//! What ends no command: data, and statuses without a tag.

use super::asked::{self, Told};
use super::flight::{Flight, Kind};
use super::{Client, Event};
use crate::capability::Capabilities;
use crate::error::{Error, Limit};
use crate::ext::vanished::Vanished;
use crate::fetch::FetchItem;
use crate::options::Tolerated;
use crate::registry::Capability;
use crate::response::{Code, Data, Numbered, NumberedData, Response, Status, StatusKind};
use crate::session::Token;
use crate::state::{State, Trigger};

/// Capabilities that are remembered: of a server that lists more, the first.
const CAPABILITIES: usize = 256;

/// Their octets, with the spaces between them; one that does not fit behind those before it is left out. Known servers list less
/// than 2 KiB.
const CAPABILITY_OCTETS: usize = 8 << 10;

/// Responses that may be dropped before a TLS that is required.
const BEFORE_TLS: u32 = 16;

/// Whether enabling it changes how names of mailboxes are written.
pub(super) fn is_language(capability: &Capability<'_>) -> bool {
    matches!(capability, Capability::Utf8Accept | Capability::Utf8Only | Capability::Imap4Rev2)
}

impl Client {
    /// What has no tag, and is neither a greeting nor `+`.
    pub(super) fn on_untagged<'i>(
        &mut self,
        response: Response<'i>,
        tolerated: Option<Tolerated>,
    ) -> Result<Event<'i>, Error> {
        let is_clear = self.is_in_clear();
        if let Response::Bye(text) = response {
            // What comes of it does not hang on whether it is shown.
            self.trigger(Trigger::Bye);
            return if is_clear { self.on_unexpected() } else { Ok(Event::Bye(text)) };
        }
        if is_clear && !matches!(response, Response::Data(Data::Capability(_))) || !self.may_come(&response) {
            return self.on_unexpected();
        }
        match &response {
            Response::Data(data) => self.on_data(data),
            Response::Numbered(numbered) => self.on_numbered(numbered),
            Response::Status(status) => self.on_status(status),
            _ => {}
        }
        let prefix = self.options.tag;
        let is_called = |flight: &Flight, tag: &[u8]| prefix.number_of(tag) == Some(flight.number);
        let to = asked::owner(&response, self.read(), |flight| &flight.asked, is_called);
        Ok(Event::Response { to: to.map(|flight| flight.token), response, tolerated })
    }

    /// What may not come here is not told of, and too much of it is too much.
    pub(super) fn on_unexpected<'i>(&mut self) -> Result<Event<'i>, Error> {
        let is_clear = self.is_in_clear();
        let most = if is_clear { BEFORE_TLS } else { self.options.limits.unexpected };
        self.session.unexpected = self.session.unexpected.saturating_add(1);
        match self.session.unexpected > most {
            true => Err(Limit::Unexpected.into()),
            false => Ok(Event::Dropped),
        }
    }

    /// Whether a mailbox is selected, or is being selected.
    pub(super) fn has_mailbox(&self) -> bool {
        self.session.state == State::Selected || self.flights.iter().any(|flight| flight.kind == Kind::Select)
    }

    /// Whether this may come in this state: data of a mailbox need a mailbox, or one that is being selected.
    fn may_come(&self, response: &Response<'_>) -> bool {
        let state = self.session.state;
        match response {
            _ if state == State::Logout => false,
            Response::Status(_) => true,
            Response::Numbered(numbered) => match &numbered.data {
                // A message that is not there cannot go.
                NumberedData::Expunge => {
                    self.has_mailbox() && self.session.exists.is_none_or(|exists| numbered.number <= exists)
                }
                NumberedData::Other(_) => state.is_authenticated(),
                _ => self.has_mailbox(),
            },
            Response::Data(data) => match data {
                Data::Capability(_) | Data::Id(_) | Data::Language(_) | Data::Other(_) => true,
                Data::Flags(_)
                | Data::Search(_)
                | Data::Sort(_)
                | Data::Thread(_)
                | Data::UidBatches(_)
                | Data::Vanished(_) => self.has_mailbox(),
                _ => state.is_authenticated(),
            },
            // PREAUTH is a greeting.
            _ => false,
        }
    }

    fn on_data(&mut self, data: &Data<'_>) {
        match data {
            Data::Capability(capabilities) => self.learn(&capabilities.0),
            Data::Enabled(enabled)
                if self.flights.iter().any(|flight| matches!(flight.kind, Kind::Enable { .. })) =>
            {
                for capability in enabled.iter() {
                    match capability {
                        Capability::Utf8Accept | Capability::Utf8Only => self.session.utf8 = true,
                        Capability::Imap4Rev2 => self.session.rev2 = true,
                        _ => {}
                    }
                }
            }
            Data::Vanished(Vanished { earlier: false, uids }) => {
                let gone = u32::try_from(uids.len()).unwrap_or(u32::MAX);
                self.session.exists = self.session.exists.map(|exists| exists.saturating_sub(gone));
            }
            _ => {}
        }
    }

    fn on_numbered(&mut self, numbered: &Numbered<'_>) {
        match &numbered.data {
            NumberedData::Exists => self.session.exists = Some(numbered.number),
            NumberedData::Expunge => {
                self.session.exists = self.session.exists.map(|exists| exists.saturating_sub(1));
            }
            _ => {}
        }
    }

    fn on_status(&mut self, status: &Status<'_>) {
        if let (StatusKind::Ok, Some(Code::Capability(capabilities))) = (status.kind, &status.text.code) {
            self.learn(&capabilities.0);
        }
    }

    /// The command that asked for what a FETCH response tells.
    pub(super) fn of_message<'a>(
        &self,
        told: &Told<impl Iterator<Item = FetchItem<'a>> + Clone>,
    ) -> Option<Token> {
        self.read().find(|flight| flight.asked.has_message(told)).map(|flight| flight.token)
    }

    /// The commands that the server can have read.
    fn read(&self) -> impl Iterator<Item = &Flight> {
        self.flights.iter().filter(|flight| flight.queued.is_none())
    }

    /// The server tells what it offers.
    pub(super) fn learn(&mut self, capabilities: &Capabilities<'_>) {
        // Never both lists at a time.
        self.session.capabilities = None;
        self.session.capabilities = Some(capabilities.within(CAPABILITIES, CAPABILITY_OCTETS));
        self.session.has_to_ask = false;
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// What the server offered may not be what it offers now.
    pub(super) fn forget_capabilities(&mut self) {
        self.session.capabilities = None;
        self.epoch = self.epoch.wrapping_add(1);
    }
}
