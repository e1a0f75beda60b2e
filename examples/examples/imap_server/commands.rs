//! Which command is answered where, and those about the session.

use imap_proto::auth::Mechanism;
use imap_proto::capability::{Capabilities, CapabilityData, QuotaCapability};
use imap_proto::ext::id::{IdParameter, IdParameters};
use imap_proto::ext::namespace::{Namespace, NamespaceList, Namespaces};
use imap_proto::ext::quota::ResourceName;
use imap_proto::response::{Code, Data, Response};
use imap_proto::{Atom, Capability, Command, Delimiter, IString, List, Mailbox, Tag, UidCommand};

use crate::answer::{Answer, Stop, bad, ok};
use crate::session::Session;
use crate::store::{DELIMITER, no};

/// What a client may use now.
pub fn capabilities(session: &Session, is_logged_in: bool) -> Capabilities<'static> {
    use Capability as C;
    let atom = |text| Atom::new(text).ok();
    let mut all = vec![C::Imap4Rev1, C::Imap4Rev2, C::LiteralPlus, C::SaslIr, C::Enable, C::Id, C::Idle];
    if !is_logged_in {
        let (is_tls, may_log_in) = (session.machine.is_tls(), session.service.insecure_auth);
        all.extend((!is_tls).then_some(C::StartTls));
        all.push(if is_tls || may_log_in { C::Auth(Mechanism::PLAIN) } else { C::LoginDisabled });
        return all.into_iter().collect();
    }
    all.extend([C::Namespace, C::UidPlus, C::Move, C::MultiAppend, C::AppendLimit(session.service.max_size)]);
    all.extend([C::CondStore, C::QResync, C::Children, C::ListExtended, C::ListStatus, C::StatusSize]);
    all.extend([
        C::SpecialUse,
        C::CreateSpecialUse,
        C::ESearch,
        C::SearchRes,
        C::Within,
        C::Sort,
        C::SortDisplay,
    ]);
    all.extend([C::ESort, C::Binary, C::Unselect, C::ObjectId, C::Metadata, C::Acl]);
    all.extend(["ORDEREDSUBJECT", "REFERENCES"].into_iter().filter_map(atom).map(C::Thread));
    all.extend(atom("kxte").map(C::Rights));
    all.push(C::PlainQuota);
    for resource in [ResourceName::Storage, ResourceName::Message] {
        all.push(C::Quota(QuotaCapability { resource }));
    }
    if !session.is_compressed {
        all.push(C::CompressDeflate);
    }
    all.into_iter().collect()
}

/// The same, to be told with a status.
pub fn capability_code(session: &Session, is_logged_in: bool) -> Code<'static> {
    Code::Capability(CapabilityData(capabilities(session, is_logged_in)))
}

impl Session {
    /// Carries out a command; what it is answered with.
    pub async fn command(&mut self, tag: &Tag<'_>, command: &Command<'_>) -> Answer {
        match command {
            Command::Capability => {
                let all = capabilities(self, self.machine.state().is_authenticated());
                self.send(Response::Data(Data::Capability(CapabilityData(all)))).await?;
                Ok(ok("that is all"))
            }
            // What is new is told before any command is answered.
            Command::Noop | Command::Check => Ok(ok("done")),
            Command::Logout => Ok(ok("see you")),
            Command::Id(_) => self.id().await,
            Command::Login(login) => {
                let user = String::from_utf8_lossy(login.user.as_bytes()).into_owned();
                self.log_in(&user, login.password())
            }
            Command::Enable(wanted) => self.enable(wanted).await,
            Command::Namespace => self.namespace().await,

            Command::Select(select) => self.select(select, false).await,
            Command::Examine(select) => self.select(select, true).await,
            Command::Unselect => Ok(ok("closed")),
            Command::Close => self.close(),
            Command::Create(create) => self.create(create),
            Command::Delete(mailbox) => self.delete(mailbox),
            Command::Rename(rename) => self.rename(rename),
            Command::Subscribe(mailbox) => self.subscribe(mailbox, true),
            Command::Unsubscribe(mailbox) => self.subscribe(mailbox, false),
            Command::List(list) => self.list(list).await,
            Command::Lsub(list) => self.lsub(list).await,
            Command::Status(status) => self.status(status).await,

            Command::Fetch(fetch) => self.fetch_messages(fetch, false).await,
            Command::Uid(UidCommand::Fetch(fetch)) => self.fetch_messages(fetch, true).await,
            Command::Store(store) => self.store(store, false).await,
            Command::Uid(UidCommand::Store(store)) => self.store(store, true).await,
            Command::Copy(copy) => self.copy(copy, false),
            Command::Uid(UidCommand::Copy(copy)) => self.copy(copy, true),
            Command::Move(copy) => self.move_messages(copy, false).await,
            Command::Uid(UidCommand::Move(copy)) => self.move_messages(copy, true).await,
            Command::Expunge => self.expunge(None),
            Command::Uid(UidCommand::Expunge(uids)) => self.expunge(Some(uids)),
            Command::Search(search) => self.search(tag, search, false).await,
            Command::Uid(UidCommand::Search(search)) => self.search(tag, search, true).await,
            Command::Sort(sort) => self.sort(tag, sort, false).await,
            Command::Uid(UidCommand::Sort(sort)) => self.sort(tag, sort, true).await,
            Command::Thread(thread) => self.thread(thread, false).await,
            Command::Uid(UidCommand::Thread(thread)) => self.thread(thread, true).await,

            Command::GetQuota(root) => self.get_quota(root).await,
            Command::GetQuotaRoot(mailbox) => self.get_quota_root(mailbox).await,
            Command::GetMetadata(get) => self.get_metadata(get).await,
            Command::SetMetadata(set) => self.set_metadata(set),
            Command::GetAcl(mailbox) => self.get_acl(mailbox).await,
            Command::MyRights(mailbox) => self.my_rights(mailbox).await,
            Command::ListRights(list) => self.list_rights(list).await,
            Command::SetAcl(_) | Command::DeleteAcl(_) | Command::SetQuota(_) => {
                Err(no(Code::NoPerm, "that cannot be changed here").into())
            }
            _ => Err(bad("not known here")),
        }
    }

    async fn id(&mut self) -> Answer {
        let parameter = |field: &'static str, value: &'static str| -> Result<_, Stop> {
            Ok(IdParameter { field: IString::new(field)?, value: Some(IString::new(value)?) })
        };
        let list = [parameter("name", "imap_server")?, parameter("version", env!("CARGO_PKG_VERSION"))?];
        self.send(Response::Data(Data::Id(IdParameters(Some(list.into()))))).await?;
        Ok(ok("pleased to meet you"))
    }

    async fn enable(&mut self, wanted: &Capabilities<'_>) -> Answer {
        let is_known = |of: &Capability<'_>| {
            matches!(of, Capability::CondStore | Capability::QResync | Capability::Imap4Rev2)
        };
        let enabled = wanted.iter().filter(is_known).collect();
        self.send(Response::Data(Data::Enabled(enabled))).await?;
        Ok(ok("enabled"))
    }

    async fn namespace(&mut self) -> Answer {
        let delimiter = Some(Delimiter::SLASH);
        let own = Namespace { prefix: IString::new("")?, delimiter, extensions: List::default() };
        let none = NamespaceList(List::default());
        let personal = NamespaceList([own].into());
        let namespaces = Namespaces { personal, other_users: none.clone(), shared: none };
        self.send(Response::Data(Data::Namespace(namespaces))).await?;
        Ok(ok("that is all"))
    }

    /// The name of a mailbox as the store has it.
    pub fn name(&self, mailbox: &Mailbox<'_>) -> Result<String, Stop> {
        match mailbox.to_name(self.is_utf8()) {
            // What is below INBOX is so in any case, too.
            Ok(name) => Ok(match name.split_once(DELIMITER) {
                Some((first, rest)) if first.eq_ignore_ascii_case("INBOX") => {
                    format!("INBOX{DELIMITER}{rest}")
                }
                _ => name.into_owned(),
            }),
            Err(_) => Err(no(Code::Cannot, "a mailbox cannot have this name").into()),
        }
    }

    /// A name of the store as this client reads it.
    pub fn mailbox(&self, name: &str) -> Result<Mailbox<'static>, Stop> {
        Ok(Mailbox::from_name(name, self.is_utf8())?.into_owned())
    }

    /// Names are in UTF-8 for who has enabled IMAP4rev2, else in modified UTF-7.
    fn is_utf8(&self) -> bool {
        self.machine.enabled().rev2
    }
}
