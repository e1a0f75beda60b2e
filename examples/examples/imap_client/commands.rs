//! The commands that are one question and its answer.

use std::io::Write;
use std::path::Path;

use anyhow::bail;
use imap_proto::client::Event;
use imap_proto::command::UidCommand;
use imap_proto::copy::CopyTo;
use imap_proto::create::Create;
use imap_proto::esearch::{EsearchData, SearchReturnData, SearchReturnOption};
use imap_proto::list_command::ListCommand;
use imap_proto::list_data::ListData;
use imap_proto::response::{Data, Response, StatusKind};
use imap_proto::status_data::{StatusAttribute, StatusCommand, StatusData};
use imap_proto::store::{Store, StoreAttribute, StoreFlags, StoreOperation};
use imap_proto::{AString, Capability, Command, Flag, ListMailbox, Mailbox};

use crate::connection::{Connection, said, wire};
use crate::print::Printer;
use crate::query;
use crate::shown::shown;

/// Prints `(\HasNoChildren) "/" Entwürfe` for each mailbox with such a name, by name.
pub async fn list(connection: &mut Connection, pattern: &str) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for one in mailboxes(connection, pattern).await? {
        let attributes: Vec<_> =
            one.attributes.iter().map(|one| String::from_utf8_lossy(one.as_bytes()).into_owned()).collect();
        let delimiter = one.delimiter.map_or("NIL".into(), |one| format!("\"{}\"", char::from(one.get())));
        lines.push((connection.name(&one.mailbox), format!("({}) {delimiter}", attributes.join(" "))));
    }
    lines.sort();
    let mut out = std::io::stdout().lock();
    for (name, rest) in lines {
        writeln!(out, "{} {}", shown(&rest), shown(&name))?;
    }
    Ok(())
}

/// The mailboxes with such names.
pub async fn mailboxes(connection: &mut Connection, pattern: &str) -> anyhow::Result<Vec<ListData<'static>>> {
    let pattern = connection.mailbox(pattern)?.as_bytes().to_vec();
    let command = Command::List(ListCommand::new(Mailbox::new(&[])?, ListMailbox::new(pattern)?));
    let mut found = Vec::new();
    let mut on = |event: &Event<'_>| {
        if let Event::Response { response: Response::Data(Data::List(data)), .. } = event {
            found.push(data.clone().into_owned());
        }
        Ok(())
    };
    connection.ask(&command, &mut on).await?;
    Ok(found)
}

/// Prints `INBOX: MESSAGES 2 UIDNEXT 3 UIDVALIDITY 1 UNSEEN 1` for each of these.
pub async fn status(connection: &mut Connection, names: &[String]) -> anyhow::Result<()> {
    let inbox = ["INBOX".to_owned()];
    for name in if names.is_empty() { &inbox } else { names } {
        let data = ask_status(connection, name).await?;
        let items: Vec<_> = data.items.iter().map(|item| wire_of(&data, item)).collect();
        writeln!(std::io::stdout(), "{name}: {}", shown(&items.join(" ")))?;
    }
    Ok(())
}

/// One item as a server writes it.
fn wire_of(data: &StatusData<'_>, item: imap_proto::status_data::StatusItem<'_>) -> String {
    let mailbox = data.mailbox.clone();
    let one = StatusData { mailbox, items: [item].into() };
    let line = wire(&Response::Data(Data::Status(one)));
    let inner = line.rsplit_once(" (").and_then(|(_, inner)| inner.strip_suffix(')'));
    inner.unwrap_or(&line).to_owned()
}

/// What STATUS says of the mailbox that is called so.
pub async fn ask_status(connection: &mut Connection, name: &str) -> anyhow::Result<StatusData<'static>> {
    use StatusAttribute::{HighestModSeq, Messages, UidNext, UidValidity, Unseen};
    let mut attributes = vec![Messages, UidNext, UidValidity, Unseen];
    if connection.offers(&Capability::CondStore) || connection.offers(&Capability::QResync) {
        attributes.push(HighestModSeq);
    }
    let mailbox = connection.mailbox(name)?.into_owned();
    let command = StatusCommand { mailbox, attributes: attributes.into_iter().collect() };
    let token = connection.machine.send(&Command::Status(command))?;
    let mut told = None;
    let mut on = |event: &Event<'_>| {
        if let Event::Response { to, response: Response::Data(Data::Status(data)), .. } = event
            && *to == Some(token)
        {
            told = Some(data.clone().into_owned());
        }
        Ok(())
    };
    let status = connection.finish(token, &mut on).await?;
    match (status.kind, told) {
        (StatusKind::Ok, Some(told)) => Ok(told),
        _ => bail!("no status of {name}: the server says {}", said(&status)),
    }
}

/// Prints the UIDs of what fits these keys.
pub async fn search(connection: &mut Connection, mailbox: &str, keys: &[String]) -> anyhow::Result<()> {
    let mut search = query::search(keys)?;
    connection.select(mailbox, false, &mut |_| Ok(())).await?;
    if search.return_options.is_none() && connection.offers(&Capability::ESearch) {
        search.return_options = Some([SearchReturnOption::All].into());
    }
    // RFC 9755 section 3, RFC 9051 section 6.4.4: where UTF-8 is in force it is not announced.
    if search.charset.is_none() && keys.iter().any(|key| !key.is_ascii()) && !connection.has_utf8_names() {
        search.charset = Some(AString::new("UTF-8")?);
    }
    let mut out = std::io::stdout().lock();
    let mut on = |event: &Event<'_>| {
        match event {
            Event::Response { response: Response::Data(Data::Search(found)), .. } => {
                found.ids.iter().try_for_each(|id| writeln!(out, "{id}"))?;
            }
            Event::Response { response: Response::Data(Data::Esearch(found)), .. } => {
                print_found(found, &mut out)?;
            }
            _ => {}
        }
        Ok(())
    };
    connection.ask(&Command::Uid(UidCommand::Search(search)), &mut on).await?;
    Ok(())
}

fn print_found(found: &EsearchData<'_>, out: &mut impl Write) -> std::io::Result<()> {
    for item in &found.items {
        match item {
            SearchReturnData::All(set) => {
                set.normalize().iter().try_for_each(|id| writeln!(out, "{id}"))?;
            }
            SearchReturnData::Min(id) => writeln!(out, "MIN {id}")?,
            SearchReturnData::Max(id) => writeln!(out, "MAX {id}")?,
            SearchReturnData::Count(count) => writeln!(out, "COUNT {count}")?,
            SearchReturnData::ModSeq(mod_seq) => writeln!(out, "MODSEQ {mod_seq}")?,
            other => writeln!(out, "{}", shown(&format!("{other:?}")))?,
        }
    }
    Ok(())
}

/// Prints these items of these messages.
pub async fn fetch(
    connection: &mut Connection,
    mailbox: &str,
    folder: Option<&Path>,
    set: &str,
    items: &[String],
) -> anyhow::Result<()> {
    let fetch = query::fetch(set, items)?;
    // To read `BODY[]` sets \Seen, for which the mailbox has to be selected to write.
    connection.select(mailbox, true, &mut |_| Ok(())).await?;
    let token = connection.machine.send(&Command::Uid(UidCommand::Fetch(fetch)))?;
    let mut printer = Printer::new(token, folder, connection.quiet)?;
    let status = connection.finish(token, &mut |event| printer.on(event)).await?;
    if status.kind != StatusKind::Ok {
        bail!("the server says {}", said(&status));
    }
    Ok(())
}

/// Makes a mailbox.
pub async fn create(connection: &mut Connection, name: &str) -> anyhow::Result<()> {
    let create = Create::new(connection.mailbox(name)?.into_owned());
    connection.ask(&Command::Create(create), &mut |_| Ok(())).await?;
    Ok(())
}

/// Changes flags.
pub async fn flag(
    connection: &mut Connection,
    mailbox: &str,
    set: &str,
    change: &[String],
) -> anyhow::Result<()> {
    let store = query::store(set, change)?;
    connection.select(mailbox, true, &mut |_| Ok(())).await?;
    connection.ask(&Command::Uid(UidCommand::Store(store)), &mut |_| Ok(())).await?;
    Ok(())
}

/// Moves messages: by MOVE, or else by copies, the flag \Deleted and UID EXPUNGE (RFC 6851 section 3.3).
pub async fn move_to(connection: &mut Connection, mailbox: &str, set: &str, to: &str) -> anyhow::Result<()> {
    let set = query::set(set)?;
    connection.select(mailbox, true, &mut |_| Ok(())).await?;
    let target = CopyTo { set: set.clone(), mailbox: connection.mailbox(to)?.into_owned() };
    let has = |one| connection.offers(&one);
    let commands = if has(Capability::Move) || has(Capability::Imap4Rev2) {
        vec![UidCommand::Move(target)]
    } else if has(Capability::UidPlus) {
        let flags = [Flag::Deleted].into_iter().collect();
        let flags = StoreFlags { operation: StoreOperation::Add, silent: true, flags };
        let delete = Store::new(set.clone(), StoreAttribute::Flags(flags));
        vec![UidCommand::Copy(target), UidCommand::Store(delete), UidCommand::Expunge(set)]
    } else {
        // EXPUNGE alone would take what others have marked, too.
        bail!("the server offers neither MOVE nor UIDPLUS: copy the messages, and mark them as deleted");
    };
    for command in commands {
        connection.note(|| format!("moved by {}", command.keyword()));
        connection.ask(&Command::Uid(command), &mut |_| Ok(())).await?;
    }
    Ok(())
}
