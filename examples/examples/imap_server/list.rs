//! LIST ([RFC 9051 section 6.3.9](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9)) and LSUB.

use std::collections::BTreeSet;
use std::sync::Arc;

use imap_proto::list_command::{ListCommand, ListPatterns, ListReturnOption, ListSelectOption, PlainList};
use imap_proto::list_item::{ChildInfo, ListExtendedItem};
use imap_proto::response::{Data, Response};
use imap_proto::{Delimiter, ListMailbox, Mailbox, MailboxAttribute};

use crate::answer::{Answer, Stop, ok};
use crate::select::list_data;
use crate::session::Session;
use crate::store::DELIMITER;

impl Session {
    pub async fn list(&mut self, list: &ListCommand<'_>) -> Answer {
        let patterns: Vec<_> = match &list.patterns {
            ListPatterns::One(one) if one.as_bytes().is_empty() => {
                // What the delimiter is.
                let root = list_data(Mailbox::new("")?, [MailboxAttribute::NoSelect]);
                self.send(Response::Data(Data::List(root))).await?;
                return Ok(ok("that is all"));
            }
            ListPatterns::One(one) => vec![below(&list.reference, one)?],
            ListPatterns::Many(many) => {
                many.iter().map(|one| below(&list.reference, &one)).collect::<Result<_, _>>()?
            }
        };
        let selects = |option: ListSelectOption<'_>| {
            list.select.as_ref().is_some_and(|options| options.list().iter().any(|one| one == option))
        };
        let only_subscribed = selects(ListSelectOption::Subscribed);
        let only_special = selects(ListSelectOption::SpecialUse);
        let is_recursive = selects(ListSelectOption::RecursiveMatch);
        let returns = || list.returns.iter().flat_map(|options| options.iter());
        let tells_subscribed = only_subscribed || returns().any(|one| one == ListReturnOption::Subscribed);
        let status = returns().find_map(|option| match option {
            ListReturnOption::Status(attributes) => Some(attributes.into_owned()),
            _ => None,
        });

        let service = Arc::clone(&self.service);
        let mut found = Vec::new();
        {
            let store = service.store.lock();
            let mut names: BTreeSet<&String> = store.names.keys().collect();
            if only_subscribed {
                names.extend(&store.subscribed);
            }
            for name in names {
                let mailbox = self.mailbox(name)?;
                if !patterns.iter().any(|pattern| pattern.matches(&mailbox, Some(Delimiter::SLASH))) {
                    continue;
                }
                let (is_subscribed, there) = (store.subscribed.contains(name), store.named(name).ok());
                let special_use = there.and_then(|mailbox| mailbox.special_use.clone());
                let is_meant =
                    (!only_subscribed || is_subscribed) && (!only_special || special_use.is_some());
                let prefix = format!("{name}{DELIMITER}");
                let below = is_recursive && store.subscribed.iter().any(|other| other.starts_with(&prefix));
                if !is_meant && !below {
                    continue;
                }
                let children = match store.has_children(name) {
                    true => MailboxAttribute::HasChildren,
                    false => MailboxAttribute::HasNoChildren,
                };
                let mut attributes = vec![children];
                attributes.extend(there.is_none().then_some(MailboxAttribute::NonExistent));
                attributes
                    .extend((tells_subscribed && is_subscribed).then_some(MailboxAttribute::Subscribed));
                attributes.extend(special_use);
                let mut data = list_data(mailbox, attributes);
                if below {
                    data.extended = [ListExtendedItem::ChildInfo([ChildInfo::Subscribed].into())].into();
                }
                found.push((there.is_some().then(|| name.clone()), data));
            }
        }
        for (there, data) in found {
            self.send(Response::Data(Data::List(data))).await?;
            if let (Some(name), Some(status)) = (&there, &status) {
                self.tell_status(name, status).await?;
            }
        }
        Ok(ok("that is all"))
    }

    /// RFC 3501 section 6.3.9: with `%` also what is above those that are subscribed to.
    pub async fn lsub(&mut self, list: &PlainList<'_>) -> Answer {
        let pattern = below(&list.reference, &list.pattern)?;
        let subscribed = self.service.store.lock().subscribed.clone();
        let mut found: Vec<(String, bool)> = Vec::new();
        for name in &subscribed {
            let ends = name.match_indices(DELIMITER).map(|(at, _)| at).chain([name.len()]);
            for path in ends.filter_map(|end| name.get(..end)) {
                let is_itself = path == name;
                let is_known =
                    !is_itself && (subscribed.contains(path) || found.iter().any(|(one, _)| one == path));
                let is_above = !is_itself && !pattern.as_bytes().contains(&b'%');
                if !is_known && !is_above && pattern.matches(&self.mailbox(path)?, Some(Delimiter::SLASH)) {
                    found.push((path.to_owned(), is_itself));
                }
            }
        }
        for (name, is_itself) in found {
            let attribute = (!is_itself).then_some(MailboxAttribute::NoSelect);
            self.send(Response::Data(Data::Lsub(list_data(self.mailbox(&name)?, attribute)))).await?;
        }
        Ok(ok("that is all"))
    }
}

/// A pattern with the reference before it.
fn below(reference: &Mailbox<'_>, pattern: &ListMailbox<'_>) -> Result<ListMailbox<'static>, Stop> {
    Ok(ListMailbox::new([reference.as_bytes(), pattern.as_bytes()].concat())?)
}
