//! Untagged data, and what may be sent to this client.

use super::answers::Kind;
use super::session::Offered;
use super::{Mode, Server, State};
use crate::error::{ApiMisuse, Error};
use crate::registry::{Data, NumberedData};
use crate::response::{Numbered, Response};
use crate::state::{Refusal, Trigger};

impl Server {
    /// Sends data, or a status that completes nothing.
    ///
    /// The machine reads what it is given: the client may use the capabilities that it was told, and has enabled what
    /// ENABLED says.
    ///
    /// # Errors
    /// [`ApiMisuse::Response`]: this cannot be sent so, or not to a client that has enabled what this one has: tagged lines
    /// are for [`finish`](Self::finish), BYE is for [`close`](Self::close) unless LOGOUT is to be answered; there is no
    /// RECENT and no SEARCH under IMAP4rev2, VANISHED for EXPUNGE under QRESYNC and UIDONLY, UIDFETCH for FETCH under UIDONLY.
    /// [`ApiMisuse::State`]: not now: no EXPUNGE and VANISHED while no command is in progress, or FETCH, STORE or SEARCH is
    /// (RFC 9051 section 7.5.1); no data of messages while no mailbox is selected. [`ApiMisuse::OutputFull`]: write some of
    /// [`transmit`](Self::transmit) first.
    pub fn send(&mut self, response: &Response<'_>) -> Result<(), Error> {
        self.check_sending()?;
        match response {
            Response::Tagged(_) | Response::Continue(_) | Response::PreAuth(_) | Response::Invalid(_) => {
                return Err(ApiMisuse::Response.into());
            }
            Response::Bye(_)
                if !self.session.has_open(Kind::Logout) || self.session.state == State::Logout =>
            {
                return Err(ApiMisuse::Response.into());
            }
            Response::Bye(_) => self.move_on(Trigger::Bye),
            Response::Status(status) => self.note_code(&status.text),
            Response::Data(data) => {
                self.check_data(data)?;
                self.note_data(data);
            }
            Response::Numbered(numbered) => self.check_numbered(numbered)?,
        }
        self.put(response);
        Ok(())
    }

    /// Whether anything at all may be sent.
    pub(super) fn check_sending(&self) -> Result<(), Error> {
        self.check_alive()?;
        self.check_no_stream()?;
        if self.session.state == State::Greeting {
            return Err(ApiMisuse::State(Refusal::NotGreeted).into());
        }
        if self.session.is_handing_over() != Mode::Commands {
            return Err(ApiMisuse::State(Refusal::Busy).into());
        }
        if self.transmit.len() > self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        Ok(())
    }

    pub(super) fn check_no_stream(&self) -> Result<(), Error> {
        match self.session.fetch {
            Some(_) => Err(ApiMisuse::State(Refusal::Busy).into()),
            None => Ok(()),
        }
    }

    fn check_data(&self, data: &Data<'_>) -> Result<(), ApiMisuse> {
        match data {
            Data::Capability(_) | Data::Id(_) | Data::Language(_) | Data::Other(_) => return Ok(()),
            // RFC 9051 appendix E: ESEARCH in its place.
            Data::Search(_) if self.session.enabled.rev2 => return Err(ApiMisuse::Response),
            Data::Vanished(_) if !self.has_vanished() => return Err(ApiMisuse::Response),
            Data::Vanished(vanished) if !vanished.earlier => self.check_expunge()?,
            _ => {}
        }
        match self.session.state.is_authenticated() {
            true => Ok(()),
            false => Err(ApiMisuse::State(Refusal::LoginFirst)),
        }
    }

    pub(super) fn check_numbered(&self, numbered: &Numbered<'_>) -> Result<(), ApiMisuse> {
        let enabled = self.session.enabled;
        let is_right = match numbered.data {
            NumberedData::Exists | NumberedData::Other(_) => true,
            // RFC 9051 appendix E.
            NumberedData::Recent => !self.session.is_rev2(),
            NumberedData::Expunge => !self.has_vanished() && numbered.number > 0,
            NumberedData::Fetch(_) => !enabled.uidonly && numbered.number > 0,
            NumberedData::UidFetch(_) => enabled.uidonly && numbered.number > 0,
            _ => numbered.number > 0,
        };
        if !is_right {
            return Err(ApiMisuse::Response);
        }
        // Data of a mailbox come before it is selected.
        if self.session.state != State::Selected && !self.session.has_open(Kind::Select) {
            return Err(ApiMisuse::State(Refusal::SelectFirst));
        }
        match numbered.data {
            NumberedData::Expunge => self.check_expunge(),
            _ => Ok(()),
        }
    }

    /// VANISHED stands for EXPUNGE. RFC 7162 section 3.2.10, RFC 9586 section 3.4.
    const fn has_vanished(&self) -> bool {
        self.session.enabled.qresync || self.session.enabled.uidonly
    }

    /// Whether message numbers may change now. RFC 9051 section 7.5.1; with NOTIFY (RFC 5465 section 5.3) always.
    fn check_expunge(&self) -> Result<(), ApiMisuse> {
        let mut in_progress = self
            .session
            .answers
            .iter()
            .filter(|open| open.kind != Kind::Refused && !self.is_appending(open.token));
        let is_fine =
            self.session.notifies || (!self.session.has_open(Kind::Quiet) && in_progress.next().is_some());
        if is_fine { Ok(()) } else { Err(ApiMisuse::State(Refusal::NotOpen)) }
    }

    /// What data say of the session.
    fn note_data(&mut self, data: &Data<'_>) {
        match data {
            Data::Capability(data) => self.session.offered = Offered::new(data.0.clone().into_owned()),
            Data::Enabled(capabilities) => self.session.enabled.note(capabilities),
            _ => {}
        }
    }
}
