//! APPEND ([RFC 9051 section 6.3.12](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.12)) of one or several messages
//! ([RFC 3502](https://www.rfc-editor.org/rfc/rfc3502)).

use std::sync::Arc;

use imap_proto::Flag;
use imap_proto::date::DateTime;
use imap_proto::ext::uid_plus::AppendUid;
use imap_proto::response::{Code, StatusKind};
use imap_proto::sequence::UidSet;
use imap_proto::server::{AppendTarget, Event};

use crate::answer::{Answer, Stop, bad, ok_with, status};
use crate::maildir::now;
use crate::session::Session;
use crate::store::{Flagged, Message, No, distinct, no};

/// Messages that are coming in.
#[derive(Default)]
pub struct Incoming {
    /// Where they go.
    mailbox: u32,
    flags: Vec<Flag<'static>>,
    date: Option<DateTime>,
    /// What has come of a message, which may be in several literals.
    octets: Vec<u8>,
    /// A message has begun.
    is_open: bool,
    messages: Vec<Flagged>,
    /// Octets of all of them.
    total: u64,
}

impl Incoming {
    /// The message that is coming in, if there is one, has no more literals.
    fn end_message(&mut self) -> Result<(), No> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        let (octets, flags) = (std::mem::take(&mut self.octets), std::mem::take(&mut self.flags));
        if octets.is_empty() {
            // RFC 3502 section 6.3.11: that is how a client gives up.
            return Err(No { code: None, text: "an empty message" });
        }
        let date = self.date.take().unwrap_or_else(now);
        self.messages.push((flags, Arc::new(Message::new(octets.into(), date))));
        Ok(())
    }
}

impl Session {
    /// What happens within APPEND.
    pub async fn append(&mut self, event: Event<'_>) -> Result<(), Stop> {
        match event {
            Event::Append { token, target, .. } => {
                self.incoming = Incoming::default();
                let found = match target {
                    AppendTarget::Append(mailbox) => self.name(&mailbox).and_then(|name| self.target(&name)),
                    _ => Err(bad("not known here")),
                };
                match found {
                    Ok(id) => self.incoming.mailbox = id,
                    Err(stop) => self.finish(token, "APPEND", Err(stop))?,
                }
            }
            Event::Message { token, options } => {
                let flags = options.flags.iter().flat_map(|flags| flags.iter());
                match self.incoming.end_message().and_then(|()| distinct(flags)) {
                    Ok(flags) => (self.incoming.flags, self.incoming.date) = (flags, options.date),
                    Err(no) => return self.finish(token, "APPEND", Err(no.into())),
                }
                self.incoming.is_open = true;
            }
            Event::CatenateUrl { token, .. } => self.finish(token, "APPEND", Err(bad("no CATENATE here")))?,
            Event::Literal { token, offer } => {
                let total = self.incoming.total.saturating_add(offer.size);
                let limit = match total <= self.service.max_size {
                    true => self.service.store.lock().check_quota(total),
                    false => Err(no(Code::TooBig, "message too big")),
                };
                match limit {
                    Ok(()) => self.machine.accept(token)?,
                    Err(no) => self.finish(token, "APPEND", Err(no.into()))?,
                }
                self.incoming.total = total;
            }
            Event::Chunk(octets) => self.incoming.octets.extend_from_slice(octets),
            // RFC 3516 section 4.4: the mailbox cannot hold it.
            Event::LiteralEnd { token } if self.incoming.octets.contains(&0) => {
                let answer = status(StatusKind::No, Some(Code::UnknownCte), "no NUL in messages here");
                self.finish(token, "APPEND", Ok(answer))?;
            }
            Event::AppendEnd { token } => {
                let answer = self.incoming.end_message().map_err(Stop::from).and_then(|()| self.keep());
                self.notify(true).await?;
                self.finish(token, "APPEND", answer)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Where messages are to go; TRYCREATE tells that it could be made.
    pub fn target(&self, name: &str) -> Result<u32, Stop> {
        let try_create = |_: No| no(Code::TryCreate, "there is no such mailbox");
        Ok(self.service.store.lock().id(name).map_err(try_create)?)
    }

    fn keep(&mut self) -> Answer {
        let Incoming { mailbox, messages, .. } = std::mem::take(&mut self.incoming);
        let uids = self.service.store.change(|mailboxes| mailboxes.append(mailbox, messages))?;
        let appended = AppendUid { uid_validity: mailbox.into(), uids: UidSet::from_ids(uids)? };
        Ok(ok_with(Code::AppendUid(appended), "kept"))
    }
}
