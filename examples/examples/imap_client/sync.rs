//! A mirror of all mailboxes, as Maildirs.
//!
//! INBOX is the folder itself, each other mailbox a folder in it (Maildir++): `Entwürfe/2025` is `.Entw&APw-rfe.2025`. A message is
//! a file in `cur`, octet by octet as the server has it, called by its UIDVALIDITY and UID; its flags are in the file's name,
//! those that Maildir has letters for. What was known when a mailbox was last synchronised is in a file beside them
//! ([`state`]), so that the next time only changes are transferred.
//!
//! The server is always right: a file that was deleted here is fetched again, flags that were changed here change back, and
//! files that are not ours stay. It may be interrupted at any time: messages are in their places before what is known
//! of them is saved, and what is in its place is not fetched again. A mailbox that has another UIDVALIDITY, or another name,
//! is mirrored anew.

mod maildir;
mod mirror;
mod state;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, bail};
use imap_proto::{Mailbox, MailboxAttribute};

use self::maildir::Maildir;
use self::mirror::Mirrored;
use crate::commands;
use crate::connection::Connection;
use crate::shown::shown;

/// Brings the mirror up to date, and prints what has changed in each mailbox.
pub async fn sync(connection: &mut Connection, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let _lock = lock(folder)?;
    let (mut total, mut failed, mut count) = (Mirrored::default(), 0, 0);
    let mut wanted: HashMap<OsString, Mailbox<'_>> = HashMap::new();
    for one in commands::mailboxes(connection, "*").await? {
        let is_none = |one| matches!(one, MailboxAttribute::NoSelect | MailboxAttribute::NonExistent);
        if one.attributes.iter().any(is_none) {
            continue;
        }
        let name = connection.name(&one.mailbox);
        let place = maildir::place(&one, connection.has_utf8_names());
        let path = folder.join(&place);
        let first = wanted.entry(place).or_insert_with(|| one.mailbox.clone());
        let is_same = *first == one.mailbox || first.is_inbox();
        count += 1;
        let mirrored = async {
            // Namespaces may have delimiters of their own: `a/b` is here what `a.b` is there.
            if !is_same {
                bail!("another mailbox has its place, {}", path.display());
            }
            mirror::mirror(connection, &one.mailbox, &name, &Maildir::open(&path)?).await
        };
        match mirrored.await {
            Ok(mirrored) => {
                if !connection.quiet {
                    println!("{}: {mirrored}", shown(&name));
                }
                total.add(&mirrored);
            }
            // The others can be mirrored all the same, as long as there is a connection.
            Err(error) if connection.machine.state().is_authenticated() => {
                eprintln!("imap_client: {}", shown(&format!("{name}: {error:#}")));
                failed += 1;
            }
            Err(error) => return Err(error.context(name)),
        }
    }
    remove_others(connection, folder, &wanted)?;
    if !connection.quiet {
        println!("{count} mailboxes, {} messages and {} octets transferred", total.new, total.octets);
    }
    match failed {
        0 => Ok(()),
        failed => bail!("{failed} of {count} mailboxes are not up to date"),
    }
}

/// Two at a time would get in each other's way.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("imap_client.lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another sync of {} is running", folder.display()),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// What was mirrored of mailboxes that are not there any more goes, too.
fn remove_others(
    connection: &Connection,
    folder: &Path,
    wanted: &HashMap<OsString, Mailbox<'_>>,
) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let is_folder = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_folder || wanted.contains_key(&entry.file_name()) {
            continue;
        }
        if let Some(state) = state::State::load(&entry.path())? {
            Maildir::open(&entry.path())?.remove()?;
            if !connection.quiet {
                println!("{}: gone", shown(&state.mailbox));
            }
        }
    }
    Ok(())
}
