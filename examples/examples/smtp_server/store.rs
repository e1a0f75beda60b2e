//! Where messages end up: `new/` of a Maildir, or standard output.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

/// Keeps messages.
pub struct Store {
    maildir: Option<PathBuf>,
    count: AtomicU64,
}

/// A message that is coming in. Dropped before [`keep`](Self::keep), nothing of it stays.
pub struct Incoming {
    target: Target,
    pub octets: u64,
}

enum Target {
    File { file: File, temporary: PathBuf, kept: PathBuf },
    Memory(Vec<u8>),
}

impl Store {
    pub fn open(maildir: Option<PathBuf>) -> anyhow::Result<Self> {
        for folder in ["tmp", "new", "cur"] {
            if let Some(maildir) = &maildir {
                let path = maildir.join(folder);
                std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
            }
        }
        Ok(Self { maildir, count: AtomicU64::new(0) })
    }

    pub async fn begin(&self) -> anyhow::Result<Incoming> {
        let Some(maildir) = &self.maildir else {
            return Ok(Incoming { target: Target::Memory(Vec::new()), octets: 0 });
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let name =
            format!("{}.M{}P{}Q{count}.localhost", now.as_secs(), now.subsec_micros(), std::process::id());
        let (temporary, kept) = (maildir.join("tmp").join(&name), maildir.join("new").join(&name));
        let file = File::create(&temporary)
            .await
            .with_context(|| format!("cannot write {}", temporary.display()))?;
        Ok(Incoming { target: Target::File { file, temporary, kept }, octets: 0 })
    }
}

impl Incoming {
    pub async fn write(&mut self, chunk: &[u8]) -> anyhow::Result<()> {
        self.octets = self.octets.saturating_add(chunk.len() as u64);
        match &mut self.target {
            Target::File { file, .. } => file.write_all(chunk).await?,
            Target::Memory(message) => message.extend_from_slice(chunk),
        }
        Ok(())
    }

    /// Makes the message permanent; where it is.
    pub async fn keep(mut self) -> anyhow::Result<Option<PathBuf>> {
        match &mut self.target {
            Target::File { file, temporary, kept } => {
                file.sync_all().await?;
                fs::rename(&*temporary, &*kept).await?;
                Ok(Some(kept.clone()))
            }
            Target::Memory(message) => {
                let mut out = std::io::stdout().lock();
                out.write_all(message)?;
                out.flush()?;
                Ok(None)
            }
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Target::File { temporary, .. } = &self.target {
            // Gone already when the message was kept.
            let _ = std::fs::remove_file(Path::new(temporary));
        }
    }
}
