//! What ends no command: data, and statuses without a tag.

use super::asked::Told;
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
        let to = match &response {
            Response::Data(data) => self.on_data(data),
            Response::Numbered(numbered) => self.on_numbered(numbered),
            Response::Status(status) => self.on_status(status),
            _ => None,
        };
        Ok(Event::Response { to, response, tolerated })
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

    fn on_data(&mut self, data: &Data<'_>) -> Option<Token> {
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
        let tag = match data {
            Data::Esearch(found) => found.correlator.as_ref().map(|correlator| &correlator.tag),
            Data::UidBatches(batches) => Some(&batches.correlator.tag),
            _ => None,
        };
        if let Some(tag) = tag {
            let number = self.options.tag.number_of(tag.as_bytes())?;
            return self
                .flights
                .get(number)
                .filter(|flight| flight.queued.is_none())
                .map(|flight| flight.token);
        }
        self.of(|flight| flight.asked.has_data(data))
    }

    fn on_numbered(&mut self, numbered: &Numbered<'_>) -> Option<Token> {
        let number = numbered.number;
        match &numbered.data {
            NumberedData::Exists => self.session.exists = Some(number),
            NumberedData::Expunge => {
                self.session.exists = self.session.exists.map(|exists| exists.saturating_sub(1));
            }
            NumberedData::Fetch(items) | NumberedData::UidFetch(items) => {
                let is_uid = matches!(numbered.data, NumberedData::UidFetch(_));
                return self.of_message(&Told { number, is_uid, items: items.iter(), contents: None });
            }
            _ => {}
        }
        self.of(|flight| flight.asked.has(numbered.data.keyword()))
    }

    fn on_status(&mut self, status: &Status<'_>) -> Option<Token> {
        let code = status.text.code.as_ref()?;
        if let (StatusKind::Ok, Code::Capability(capabilities)) = (status.kind, code) {
            self.learn(&capabilities.0);
        }
        if let Code::InProgress(Some(progress)) = code {
            let number = self.options.tag.number_of(progress.tag.as_ref()?.as_bytes())?;
            return self.flights.get(number).map(|flight| flight.token);
        }
        self.of(|flight| flight.asked.has_code(code))
    }

    /// The command that asked for what a FETCH response tells.
    pub(super) fn of_message<'a>(
        &self,
        told: &Told<impl Iterator<Item = FetchItem<'a>> + Clone>,
    ) -> Option<Token> {
        self.of(|flight| flight.asked.has_message(told))
    }

    /// The first command that the server can have read and that `asked`.
    fn of(&self, asked: impl Fn(&Flight) -> bool) -> Option<Token> {
        let mut flights = self.flights.iter().filter(|flight| flight.queued.is_none());
        flights.find(|flight| asked(flight)).map(|flight| flight.token)
    }

    /// The server tells what it offers.
    pub(super) fn learn(&mut self, capabilities: &Capabilities<'_>) {
        let all = capabilities.iter().take(CAPABILITIES).map(Capability::into_owned);
        self.session.capabilities = Some(all.collect());
        self.session.has_to_ask = false;
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// What the server offered may not be what it offers now.
    pub(super) fn forget_capabilities(&mut self) {
        self.session.capabilities = None;
        self.epoch = self.epoch.wrapping_add(1);
    }
}
