//! What is known of a mailbox, on disk: a file of JSON beside its messages.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use imap_proto::Flag;
use imap_proto::view::{Checkpoint, MailboxView, Message, Saved};
use serde::{Deserialize, Serialize};

/// The name of the file.
pub const NAME: &str = "imap_client.json";

/// What was known when the mailbox was last synchronised.
#[derive(PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What the mailbox is called: for people.
    pub mailbox: String,
    pub uid_validity: u64,
    uid_next: u32,
    mod_seq: Option<u64>,
    is_complete: bool,
    /// The UID and the flags of each message, if they are known.
    messages: Vec<(u32, Option<String>)>,
}

impl State {
    /// What `view` knows; `None` when nothing of it lasts.
    pub fn of(mailbox: &str, view: &MailboxView) -> Option<Self> {
        let Checkpoint { uid_validity, uid_next, mod_seq, is_complete } = view.checkpoint()?;
        let flags = |message: &Message<'_>| {
            let flags: Vec<_> =
                message.flags().map(|flag| String::from_utf8_lossy(flag.as_bytes()).into_owned()).collect();
            message.has_flags().then(|| flags.join(" "))
        };
        let messages = view.messages().map(|message| (message.uid(), flags(&message))).collect();
        Some(Self { mailbox: mailbox.to_owned(), uid_validity, uid_next, mod_seq, is_complete, messages })
    }

    /// The same as a view.
    pub fn view(&self) -> MailboxView {
        let &Self { uid_validity, uid_next, mod_seq, is_complete, .. } = self;
        let checkpoint = Checkpoint { uid_validity, uid_next, mod_seq, is_complete };
        MailboxView::restore(checkpoint, self.messages.iter().map(saved), Default::default())
    }

    /// What was saved in this folder, if it is one. A file that cannot be understood is as good as none: what is there is found
    /// again.
    pub fn load(folder: &Path) -> anyhow::Result<Option<Self>> {
        match std::fs::read(folder.join(NAME)) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", folder.join(NAME).display())),
        }
    }

    /// Puts it in the place of what was saved before, all at once.
    pub fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let cannot = || format!("cannot write {}", folder.join(NAME).display());
        let new = folder.join("tmp").join(NAME);
        let mut file = File::create(&new).with_context(cannot)?;
        file.write_all(&serde_json::to_vec(self)?).with_context(cannot)?;
        file.sync_all().with_context(cannot)?;
        std::fs::rename(&new, folder.join(NAME)).with_context(cannot)
    }
}

/// A message as a view takes it back.
fn saved((uid, flags): &(u32, Option<String>)) -> Saved<'_> {
    // A flag that cannot be read is told again when it changes.
    let words = flags.as_deref().map(|flags| flags.split(' '));
    let flags = words.map(|words| words.filter_map(|flag| Flag::new(flag).ok()).collect());
    Saved { flags, ..Saved::new(*uid) }
}
