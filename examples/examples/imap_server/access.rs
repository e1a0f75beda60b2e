//! QUOTA ([RFC 9208](https://www.rfc-editor.org/rfc/rfc9208)), METADATA ([RFC
//! 5464](https://www.rfc-editor.org/rfc/rfc5464)), and what there is to know of rights (ACL, [RFC
//! 4314](https://www.rfc-editor.org/rfc/rfc4314)): all are the user's.

use std::sync::Arc;

use imap_proto::ext::acl::{AclData, AclEntry, ListRightsData, MailboxIdentifier, MyRightsData, Rights};
use imap_proto::ext::metadata::{
    Depth, Entry, EntryValue, GetMetadata, GetMetadataOption, MetadataCode, MetadataData, MetadataEntries,
    SetMetadata,
};
use imap_proto::ext::quota::{QuotaData, QuotaRootData, ResourceName, ResourceUsage};
use imap_proto::response::{Code, Data, Response};
use imap_proto::{AString, Mailbox, NString8};

use crate::answer::{Answer, Stop, ok, ok_with};
use crate::mailboxes::is_meant;
use crate::session::Session;
use crate::store::no;

/// What METADATA may take of each mailbox: octets of a value, and entries.
const LARGEST_VALUE: usize = 64 * 1024;
const MOST_ENTRIES: usize = 100;

impl Session {
    /// There is one quota, for all mailboxes: `""`.
    pub async fn get_quota(&mut self, root: &AString<'_>) -> Answer {
        if !root.as_bytes().is_empty() {
            return Err(no(Code::NonExistent, "there is no such quota").into());
        }
        self.tell_quota().await?;
        Ok(ok("that is all"))
    }

    pub async fn get_quota_root(&mut self, mailbox: &Mailbox<'_>) -> Answer {
        self.named(mailbox)?;
        let roots = [AString::new("")?].into();
        self.send(Response::Data(Data::QuotaRoot(QuotaRootData { mailbox: mailbox.clone(), roots }))).await?;
        self.tell_quota().await?;
        Ok(ok("that is all"))
    }

    async fn tell_quota(&mut self) -> Result<(), Stop> {
        let resources = {
            let store = self.service.store.lock();
            let (octets, messages) = store.all().fold((0u64, 0u64), |(octets, messages), mailbox| {
                (octets.saturating_add(mailbox.octets), messages.saturating_add(mailbox.entries.len() as u64))
            });
            let usage = |name, usage, limit| ResourceUsage { name, usage, limit };
            [
                // In units of 1,024 octets.
                usage(ResourceName::Storage, octets.div_ceil(1024), store.quota / 1024),
                usage(ResourceName::Message, messages, u32::MAX.into()),
            ]
        };
        let data = QuotaData { root: AString::new("")?, resources: resources.into() };
        self.send(Response::Data(Data::Quota(data))).await
    }

    pub async fn get_metadata(&mut self, get: &GetMetadata<'_>) -> Answer {
        let (mut depth, mut largest) = (Depth::Zero, usize::MAX);
        for option in &get.options {
            match option {
                GetMetadataOption::Depth(wanted) => depth = wanted,
                GetMetadataOption::MaxSize(size) => largest = usize::try_from(size).unwrap_or(usize::MAX),
                _ => return Err(no(Code::Cannot, "an option is not known").into()),
            }
        }
        let service = Arc::clone(&self.service);
        let place = self.place(&get.mailbox)?;
        let (mut entries, mut longest) = (Vec::new(), None);
        {
            let mut store = service.store.lock();
            let wanted: Vec<_> = get.entries.iter().collect();
            for (name, value) in store.metadata(place)?.iter() {
                let entry = Entry::new(name.clone())?;
                if !wanted.iter().any(|wanted| is_meant(&entry, wanted, depth)) {
                    continue;
                }
                if value.len() > largest {
                    longest = longest.max(u32::try_from(value.len()).ok());
                    continue;
                }
                entries.push(EntryValue { entry, value: NString8::new(value.clone()) });
            }
        }
        if !entries.is_empty() {
            let entries = MetadataEntries::Values(entries.into_iter().collect());
            self.send(Response::Data(Data::Metadata(MetadataData { mailbox: get.mailbox.clone(), entries })))
                .await?;
        }
        Ok(match longest {
            Some(longest) => ok_with(Code::Metadata(MetadataCode::LongEntries(longest)), "some are longer"),
            None => ok("that is all"),
        })
    }

    pub fn set_metadata(&mut self, set: &SetMetadata<'_>) -> Answer {
        let service = Arc::clone(&self.service);
        let place = self.place(&set.mailbox)?;
        service.store.change(|mailboxes| {
            let metadata = mailboxes.metadata(place)?;
            for EntryValue { entry, value } in &set.entries {
                // Their case does not count.
                let name = String::from_utf8_lossy(entry.as_bytes()).to_lowercase();
                match value.as_bytes() {
                    None => _ = metadata.remove(&name),
                    Some(value) if value.len() > LARGEST_VALUE => {
                        let most = u32::try_from(LARGEST_VALUE).unwrap_or(u32::MAX);
                        return Err(no(Code::Metadata(MetadataCode::MaxSize(most)), "the value is too long"));
                    }
                    Some(_) if metadata.len() >= MOST_ENTRIES && !metadata.contains_key(&name) => {
                        return Err(no(Code::Metadata(MetadataCode::TooMany), "too many entries"));
                    }
                    Some(value) => _ = metadata.insert(name, value.to_vec()),
                }
            }
            Ok(())
        })?;
        Ok(ok("set"))
    }

    /// The mailbox whose metadata are meant; none for the server.
    fn place(&self, mailbox: &Mailbox<'_>) -> Result<Option<u32>, Stop> {
        if mailbox.as_bytes().is_empty() { Ok(None) } else { self.named(mailbox).map(Some) }
    }

    fn named(&self, mailbox: &Mailbox<'_>) -> Result<u32, Stop> {
        let name = self.name(mailbox)?;
        Ok(self.service.store.lock().id(&name)?)
    }

    pub async fn get_acl(&mut self, mailbox: &Mailbox<'_>) -> Answer {
        self.named(mailbox)?;
        let identifier = AString::new(self.service.login.0.clone())?;
        let entries = [AclEntry { identifier, rights: rights()? }].into();
        self.send(Response::Data(Data::Acl(AclData { mailbox: mailbox.clone(), entries }))).await?;
        Ok(ok("that is all"))
    }

    pub async fn my_rights(&mut self, mailbox: &Mailbox<'_>) -> Answer {
        self.named(mailbox)?;
        let data = MyRightsData { mailbox: mailbox.clone(), rights: rights()? };
        self.send(Response::Data(Data::MyRights(data))).await?;
        Ok(ok("that is all"))
    }

    /// The user has all rights, always; nobody else can be given any.
    pub async fn list_rights(&mut self, list: &MailboxIdentifier<'_>) -> Answer {
        self.named(&list.mailbox)?;
        let is_user = list.identifier.as_bytes() == self.service.login.0.as_bytes();
        let required = if is_user { rights()? } else { Rights::default() };
        let (mailbox, identifier) = (list.mailbox.clone(), list.identifier.clone());
        let data = ListRightsData { mailbox, identifier, required, optional: [].into() };
        self.send(Response::Data(Data::ListRights(data))).await?;
        Ok(ok("that is all"))
    }
}

/// All but `p`, for posting, and `a`, for changing rights.
fn rights() -> Result<Rights, Stop> {
    Ok(Rights::new("lrswikxte")?)
}
