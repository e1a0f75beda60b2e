//! What is told of messages, for people.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use imap_proto::body::BodyStructure;
use imap_proto::client::{Event, Streamed};
use imap_proto::response::{Numbered, NumberedData, Response};
use imap_proto::{EncodeOptions, Envelope, FetchItem, Fragment, IString, Token};
use indicatif::ProgressBar;
use mail_parser::MessageParser;

use crate::progress_bar;
use crate::shown::Contents;

/// Prints what FETCH tells, as it comes; contents go to standard output, too, or into files.
pub struct Printer<'p> {
    token: Token,
    folder: Option<&'p Path>,
    quiet: bool,
    out: Contents<io::StdoutLock<'static>>,
    /// The message that is told of now, by its number.
    number: Option<u32>,
    uid: Option<u32>,
    /// Files that get their names when the UID is known: what they are called now, and the section.
    unnamed: Vec<(PathBuf, String)>,
    /// The contents that are arriving were asked for.
    is_ours: bool,
    /// Where they go.
    file: Option<File>,
    bar: ProgressBar,
}

impl<'p> Printer<'p> {
    pub fn new(token: Token, folder: Option<&'p Path>, quiet: bool) -> anyhow::Result<Self> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let out = Contents::new(io::stdout().lock(), io::stdout().is_terminal());
        let bar = ProgressBar::hidden();
        Ok(Self {
            token,
            folder,
            quiet,
            out,
            number: None,
            uid: None,
            unnamed: Vec::new(),
            is_ours: false,
            file: None,
            bar,
        })
    }

    pub fn on(&mut self, event: &Event<'_>) -> anyhow::Result<()> {
        match event {
            Event::Response { to, response: Response::Numbered(Numbered { number, data }), .. } => {
                if let (true, NumberedData::Fetch(items)) = (*to == Some(self.token), data) {
                    self.begin(*number)?;
                    items.iter().try_for_each(|item| self.item(&item))?;
                    self.end()?;
                }
                Ok(())
            }
            Event::FetchHead { to, .. } if *to != Some(self.token) => {
                self.is_ours = false;
                Ok(())
            }
            Event::FetchHead { number, items, contents, size, .. } => {
                self.is_ours = true;
                self.begin(*number)?;
                items.iter().try_for_each(|item| self.item(&item))?;
                self.contents(contents, *size)
            }
            Event::Chunk { octets, left } if self.is_ours => {
                self.bar.inc(octets.len() as u64);
                if let Some(file) = &mut self.file {
                    file.write_all(octets)?;
                } else {
                    self.out.write(octets)?;
                }
                if *left == 0 {
                    self.bar.finish_and_clear();
                    if self.file.take().is_none() {
                        self.out.write(b"\n")?;
                    }
                }
                Ok(())
            }
            Event::FetchTail { to, items } if *to == Some(self.token) => {
                items.iter().try_for_each(|item| self.item(&item))?;
                self.end()
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, number: u32) -> anyhow::Result<()> {
        if self.number.replace(number) != Some(number) {
            self.out.line(&format!("message {number}"))?;
        }
        Ok(())
    }

    /// All was told of this message.
    fn end(&mut self) -> anyhow::Result<()> {
        let name = match (self.uid.take(), self.number.take()) {
            (Some(uid), _) => uid.to_string(),
            (None, number) => format!("number-{}", number.unwrap_or_default()),
        };
        for (now, section) in self.unnamed.drain(..) {
            let path = now.with_file_name(format!("{name}.{section}"));
            std::fs::rename(&now, &path).with_context(|| format!("cannot write {}", path.display()))?;
            self.out.line(&format!("  wrote {}", path.display()))?;
        }
        Ok(())
    }

    fn contents(&mut self, contents: &Streamed<'_>, size: u64) -> anyhow::Result<()> {
        let (keyword, section, origin) = match contents {
            Streamed::Body { section, origin } => ("BODY", format!("[{section}]"), *origin),
            Streamed::Binary { part, origin } => {
                ("BINARY", format!("[{}]", String::from_utf8_lossy(part.as_bytes())), *origin)
            }
            Streamed::Rfc822Header => ("RFC822.HEADER", String::new(), None),
            Streamed::Rfc822Text => ("RFC822.TEXT", String::new(), None),
            _ => ("RFC822", String::new(), None),
        };
        self.head(keyword, &section, origin, size)
    }

    /// Says which contents follow, and where they go.
    fn head(&mut self, keyword: &str, section: &str, origin: Option<u64>, size: u64) -> anyhow::Result<()> {
        let origin = origin.map(|origin| format!("<{origin}>")).unwrap_or_default();
        self.out.line(&format!("  {keyword}{section}{origin} {size} octets"))?;
        self.bar = progress_bar(size, self.quiet)?;
        if let Some(folder) = self.folder {
            let name = format!("{keyword}{section}{origin}").to_lowercase();
            let name: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            let path = folder.join(format!(".arriving.{name}"));
            let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
            self.file = Some(file);
            self.unnamed.push((path, name.trim_end_matches('-').to_owned()));
        }
        Ok(())
    }

    /// Contents that came in one piece.
    fn whole(
        &mut self,
        keyword: &str,
        section: &str,
        origin: Option<u64>,
        octets: Option<&[u8]>,
    ) -> anyhow::Result<()> {
        let Some(octets) = octets else {
            return Ok(self.out.line(&format!("  {keyword}{section} NIL"))?);
        };
        self.head(keyword, section, origin, octets.len() as u64)?;
        match self.file.take() {
            Some(mut file) => file.write_all(octets)?,
            None => {
                self.out.write(octets)?;
                self.out.write(b"\n")?;
            }
        }
        Ok(())
    }

    fn item(&mut self, item: &FetchItem<'_>) -> anyhow::Result<()> {
        match item {
            FetchItem::Uid(uid) => {
                self.uid = Some(*uid);
                self.out.line(&format!("  UID {uid}"))?;
            }
            FetchItem::Envelope(envelope) => self.envelope(envelope)?,
            FetchItem::BodyStructure(structure) => self.structure("BODYSTRUCTURE", structure)?,
            FetchItem::Body(structure) => self.structure("BODY", structure)?,
            FetchItem::BodySection(body) => {
                self.whole("BODY", &format!("[{}]", body.section), body.origin, body.data.as_bytes())?;
            }
            FetchItem::BinarySection(binary) => {
                let part = format!("[{}]", String::from_utf8_lossy(binary.part.as_bytes()));
                self.whole("BINARY", &part, binary.origin, binary.data.as_bytes())?;
            }
            FetchItem::Rfc822(data) => self.whole("RFC822", "", None, data.as_bytes())?,
            FetchItem::Rfc822Header(data) => self.whole("RFC822.HEADER", "", None, data.as_bytes())?,
            FetchItem::Rfc822Text(data) => self.whole("RFC822.TEXT", "", None, data.as_bytes())?,
            // All others are short, and read well as they are.
            item => self.out.line(&format!("  {}", on_the_wire(item)))?,
        }
        Ok(())
    }

    fn envelope(&mut self, envelope: &Envelope<'_>) -> anyhow::Result<()> {
        let text = |string: &Option<IString<'_>>| {
            string.as_ref().map(|string| String::from_utf8_lossy(string.as_bytes()).into_owned())
        };
        let people = [
            ("From", &envelope.from),
            ("Sender", &envelope.sender),
            ("Reply-To", &envelope.reply_to),
            ("To", &envelope.to),
            ("Cc", &envelope.cc),
            ("Bcc", &envelope.bcc),
        ];
        self.out.line("  ENVELOPE")?;
        let mut line = |name: &str, value: Option<String>| match value {
            Some(value) => self.out.line(&format!("    {name}: {}", decoded(&value))),
            None => Ok(()),
        };
        line("Date", text(&envelope.date))?;
        line("Subject", text(&envelope.subject))?;
        for (name, addresses) in people {
            line(name, Some(addresses.to_string()).filter(|text| !text.is_empty()))?;
        }
        line("In-Reply-To", text(&envelope.in_reply_to))?;
        Ok(line("Message-ID", text(&envelope.message_id))?)
    }

    fn structure(&mut self, keyword: &str, structure: &BodyStructure<'_>) -> anyhow::Result<()> {
        self.out.line(&format!("  {keyword}"))?;
        for part in structure.parts() {
            let mut line = format!("    {} {}", part.section(), media_type(&part.structure));
            if let BodyStructure::Part(fields) = &part.structure {
                let encoding = String::from_utf8_lossy(fields.fields.encoding.as_bytes()).to_lowercase();
                line += &format!(" {encoding} {} octets", fields.fields.octets);
            }
            if part.structure.is_attachment() {
                line += " attachment";
            }
            if let Some(name) = part.structure.filename() {
                line += &format!(" {:?}", decoded(&String::from_utf8_lossy(name.as_bytes())));
            }
            self.out.line(&line)?;
        }
        Ok(())
    }
}

fn media_type(structure: &BodyStructure<'_>) -> String {
    let lower = |text: &IString<'_>| String::from_utf8_lossy(text.as_bytes()).to_lowercase();
    format!("{}/{}", lower(structure.media_type()), lower(structure.subtype()))
}

/// The text with its encoded words (RFC 2047) decoded.
fn decoded(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let message = format!("Subject: {text}\r\n\r\n");
    let parsed = MessageParser::new().parse_headers(message.as_bytes());
    parsed.as_ref().and_then(|parsed| parsed.subject()).unwrap_or(text).to_owned()
}

/// An item as a server writes it.
fn on_the_wire(item: &FetchItem<'_>) -> String {
    let fragments = Response::fetch_fragments(1, std::slice::from_ref(item), EncodeOptions::default());
    let mut wire = Vec::new();
    for fragment in fragments {
        if let Fragment::Send(bytes) = fragment {
            wire.extend_from_slice(&bytes);
        }
    }
    let line = String::from_utf8_lossy(&wire);
    let line = line.trim_end();
    line.strip_prefix("* 1 FETCH (").and_then(|line| line.strip_suffix(')')).unwrap_or(line).to_owned()
}
