//! Mailboxes as a whole: SELECT, STATUS, CREATE, DELETE, RENAME and subscriptions.

use std::sync::Arc;

use imap_proto::create::{Create, CreateParameter, Rename};
use imap_proto::ext::object_id::ObjectId;
use imap_proto::ext::vanished::Vanished;
use imap_proto::list_data::ListData;
use imap_proto::response::{Code, Data, NumberedData, Response, StatusKind};
use imap_proto::select::{Select, SelectParameter};
use imap_proto::status_data::{StatusAttribute, StatusCommand, StatusData};
use imap_proto::{
    Delimiter, FetchItem, FlagPerm, List, Mailbox, MailboxAttribute, MailboxAttributes, PermanentFlags,
};

use crate::answer::{Answer, Stop, ok, ok_with, status};
use crate::mailboxes::Mailboxes;
use crate::session::{Session, numbered};
use crate::store::{self, no};
use crate::view::{Facts, View, status_item};

impl Session {
    pub async fn select(&mut self, select: &Select<'_>, read_only: bool) -> Answer {
        if self.view.take().is_some() {
            self.say(Code::Closed, "the other mailbox is closed").await?;
        }
        let name = self.name(&select.mailbox)?;
        let service = Arc::clone(&self.service);
        let resync = select.parameters.iter().find_map(|parameter| match parameter {
            SelectParameter::QResync(resync) => Some(resync),
            _ => None,
        });
        let (view, facts) = {
            let store = service.store.lock();
            let mailbox = store.named(&name)?;
            let view = View::new(mailbox.uid_validity, mailbox, read_only);
            (view, Facts::of(mailbox, resync.as_ref())?)
        };
        let exists = view.len();
        self.view = Some(view);

        let flags = facts.flags.iter().cloned();
        self.send(Response::Data(Data::Flags(flags.clone().collect()))).await?;
        self.send(numbered(exists, NumberedData::Exists)).await?;
        let permanent: PermanentFlags<'_> = match read_only {
            true => PermanentFlags::from_iter([]),
            false => flags.map(FlagPerm::Flag).chain([FlagPerm::Any]).collect(),
        };
        self.say(Code::PermanentFlags(permanent), "these can be changed").await?;
        self.say(Code::UidValidity(facts.uid_validity.into()), "UIDs are valid").await?;
        self.say(Code::UidNext(facts.uid_next), "the next UID").await?;
        self.say(Code::HighestModSeq(facts.mod_seq), "the last change").await?;
        self.say(Code::MailboxId(facts.object_id), "the mailbox").await?;
        if self.machine.enabled().rev2 {
            self.send(Response::Data(Data::List(list_data(self.mailbox(&name)?, [])))).await?;
        } else {
            self.send(numbered(0, NumberedData::Recent)).await?;
            if let Some(first) = facts.unseen {
                self.say(Code::Unseen(first), "the first one not seen").await?;
            }
        }
        if !facts.vanished.is_empty() {
            let uids = facts.vanished.to_uid_set()?;
            self.send(Response::Data(Data::Vanished(Vanished { earlier: true, uids }))).await?;
        }
        for (number, uid, mod_seq, flags) in facts.changed {
            let flags = FetchItem::Flags(flags.into_iter().collect());
            self.fetch(number, &[FetchItem::Uid(uid), flags, FetchItem::ModSeq(mod_seq)]).await?;
        }
        Ok(ok_with(if read_only { Code::ReadOnly } else { Code::ReadWrite }, "selected"))
    }

    /// `* OK [CODE] text`
    pub async fn say(&mut self, code: Code<'static>, text: &'static str) -> Result<(), Stop> {
        self.send(Response::Status(status(StatusKind::Ok, Some(code), text))).await
    }

    /// CLOSE: what is marked goes, and nobody here is told.
    pub fn close(&mut self) -> Answer {
        if self.view.as_ref().is_some_and(|view| !view.read_only) {
            self.expunge(None)?;
        }
        self.view = None;
        Ok(ok("closed"))
    }

    pub async fn status(&mut self, status: &StatusCommand<'_>) -> Answer {
        let name = self.name(&status.mailbox)?;
        self.tell_status(&name, &status.attributes).await?;
        Ok(ok("that is all"))
    }

    pub async fn tell_status(
        &mut self,
        name: &str,
        wanted: &List<'_, StatusAttribute<'_>>,
    ) -> Result<(), Stop> {
        let service = Arc::clone(&self.service);
        let items = {
            let store = service.store.lock();
            let mailbox = store.named(name)?;
            wanted.iter().filter_map(|item| status_item(&item, mailbox, service.max_size)).collect()
        };
        let mailbox = self.mailbox(name)?;
        self.send(Response::Data(Data::Status(StatusData { mailbox, items }))).await
    }

    pub fn create(&mut self, create: &Create<'_>) -> Answer {
        let name = self.name(&create.mailbox)?;
        let mut special_use = None;
        for parameter in &create.parameters {
            let CreateParameter::Use(uses) = parameter else {
                return Err(no(Code::Cannot, "a parameter is not known").into());
            };
            use MailboxAttribute::{All, Archive, Drafts, Flagged, Junk, Sent, Trash};
            let uses: Vec<_> = uses.iter().collect();
            match &*uses {
                [one @ (Archive | Drafts | Junk | Sent | Trash)] => {
                    special_use = Some(one.clone().into_owned())
                }
                [All | Flagged, ..] | [_, _, ..] => return Err(no(Code::UseAttr, "not one of those").into()),
                _ => return Err(no(Code::UseAttr, "that is no special use").into()),
            }
        }
        let id = self.service.store.change(|mailboxes| mailboxes.create(&name, special_use))?;
        Ok(ok_with(Code::MailboxId(ObjectId::new(store::object_id(id))?), "made"))
    }

    pub fn delete(&mut self, mailbox: &Mailbox<'_>) -> Answer {
        let name = self.name(mailbox)?;
        self.service.store.change(|mailboxes| mailboxes.delete(&name))?;
        Ok(ok("deleted"))
    }

    pub fn rename(&mut self, rename: &Rename<'_>) -> Answer {
        let (from, to) = (self.name(&rename.from)?, self.name(&rename.to)?);
        self.service.store.change(|mailboxes| mailboxes.rename(&from, &to))?;
        Ok(ok("renamed"))
    }

    pub fn subscribe(&mut self, mailbox: &Mailbox<'_>, is_subscribed: bool) -> Answer {
        let name = self.name(mailbox)?;
        let subscribe = |mailboxes: &mut Mailboxes| match is_subscribed {
            true => mailboxes.id(&name).and_then(|_| mailboxes.subscribe(&name, true)),
            false => mailboxes.subscribe(&name, false),
        };
        self.service.store.change(subscribe)?;
        Ok(ok("done"))
    }
}

/// What LIST says of a mailbox.
pub fn list_data<'a>(
    mailbox: Mailbox<'a>,
    attributes: impl IntoIterator<Item = MailboxAttribute<'a>>,
) -> ListData<'a> {
    let attributes: MailboxAttributes<'a> = attributes.into_iter().collect();
    ListData { attributes, delimiter: Some(Delimiter::SLASH), mailbox, extended: List::default() }
}
