//! FETCH whose contents are given in pieces, or as [`Bytes`], and never copied.

use bytes::{Bytes, BytesMut};

use super::Server;
use crate::error::{ApiMisuse, Error};
use crate::list::List;
use crate::registry::{FetchItem, NumberedData};
use crate::response::{Numbered, Response};
use crate::wire::Wire;
use crate::writer::{Fragment, Writer, fragments};

/// The most octets of a literal: RFC 9051 section 9, number64.
const LONGEST: u64 = i64::MAX.unsigned_abs();

/// A FETCH that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Streamed {
    /// Octets of its literal that are still to come.
    left: u64,
}

impl Server {
    /// Sends `* 12 FETCH (…)`, or `* 25996 UIDFETCH (…)` to a client that has enabled UIDONLY. Contents that are given as
    /// [`Bytes`] are not copied.
    ///
    /// `number` is that of the message, or its UID under UIDONLY.
    ///
    /// # Errors
    /// As those of [`send`](Self::send); [`ApiMisuse::Response`] when `number` is 0 or there are no items.
    pub fn fetch(&mut self, number: u32, items: &[FetchItem<'_>]) -> Result<(), Error> {
        self.check_fetch(number)?;
        if items.is_empty() {
            return Err(ApiMisuse::Response.into());
        }
        let options = self.session.encode_options();
        let pieces = match self.session.enabled.uidonly {
            true => Response::uid_fetch_fragments(number, items, options),
            false => Response::fetch_fragments(number, items, options),
        };
        self.push(pieces);
        Ok(())
    }

    /// Begins `* 12 FETCH (…` up to a literal of `size` octets, which [`write`](Self::write) takes. `contents` says of what:
    /// `BODY[]`, `BINARY[]`, `RFC822` and the like, with NIL for contents. The other items come before.
    ///
    /// Up to [`fetch_end`](Self::fetch_end) nothing else can be sent, and [`receive`](Self::receive) waits.
    ///
    /// ```
    /// use imap_proto::fetch::FetchItem;
    /// use imap_proto::response::RespText;
    /// use imap_proto::{Command, Greeting, NString, Server, text};
    /// # use bytes::Buf;
    ///
    /// # let mut server = Server::new(Default::default());
    /// # server.greet(&Greeting::PreAuth(RespText::new(text!("hi"))))?;
    /// # let select = server.receive(b"a SELECT INBOX\r\n")?.unwrap().event;
    /// # let imap_proto::server::Event::Command { token, .. } = select else { panic!() };
    /// # server.finish(token, &imap_proto::response::Status::ok(text!("selected")))?;
    /// # let len = server.transmit().remaining();
    /// # server.transmit().advance(len);
    /// server.fetch_head(12, &[FetchItem::Uid(7)], &FetchItem::Rfc822(NString::NIL), 4)?;
    /// server.write("hi\r\n".into())?;
    /// server.fetch_end(&[])?;
    /// # let len = server.transmit().remaining();
    /// # let written = server.transmit().copy_to_bytes(len);
    /// assert_eq!(written, "* 12 FETCH (UID 7 RFC822 {4}\r\nhi\r\n)\r\n");
    /// # Ok::<(), imap_proto::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`fetch`](Self::fetch); [`ApiMisuse::Response`] when `contents` cannot be streamed or are not NIL;
    /// [`ApiMisuse::Size`] when no literal can be of that size, 2^63 octets or more.
    pub fn fetch_head(
        &mut self,
        number: u32,
        items: &[FetchItem<'_>],
        contents: &FetchItem<'_>,
        size: u64,
    ) -> Result<(), Error> {
        self.check_fetch(number)?;
        let name = contents_name(contents, size)?;
        let is_uid = self.session.enabled.uidonly;
        self.push(fragments(self.session.encode_options(), false, |out| {
            out.put("* ");
            out.number(number.into());
            out.put(if is_uid { " UIDFETCH (" } else { " FETCH (" });
            for item in items {
                item.encode(out);
                out.put(" ");
            }
            announce(&name, contents, size, out);
        }));
        self.session.fetch = Some(Streamed { left: size });
        Ok(())
    }

    /// Octets of the literal.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is none. [`ApiMisuse::Size`]: they are more than were announced.
    /// [`ApiMisuse::OutputFull`]: write some of [`transmit`](Self::transmit) first; when that is empty a piece of any size is
    /// taken.
    pub fn write(&mut self, octets: Bytes) -> Result<(), Error> {
        self.check_alive()?;
        let waiting = self.transmit.len();
        let Some(Streamed { left }) = &mut self.session.fetch else {
            return Err(ApiMisuse::State(crate::Refusal::NotOpen).into());
        };
        let Some(rest) = left.checked_sub(octets.len() as u64) else { return Err(ApiMisuse::Size.into()) };
        if waiting > 0 && waiting.saturating_add(octets.len()) > self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        *left = rest;
        self.transmit.push(octets);
        Ok(())
    }

    /// Goes on to another literal of the same message.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is no FETCH to go on with. [`ApiMisuse::Size`]: the last literal is not complete, or none can
    /// be of that size. [`ApiMisuse::Response`] when `contents` cannot be streamed or are not NIL.
    pub fn fetch_next(
        &mut self,
        items: &[FetchItem<'_>],
        contents: &FetchItem<'_>,
        size: u64,
    ) -> Result<(), Error> {
        self.check_literal_end()?;
        let name = contents_name(contents, size)?;
        self.push(fragments(self.session.encode_options(), false, |out| {
            for item in items {
                out.put(" ");
                item.encode(out);
            }
            out.put(" ");
            announce(&name, contents, size, out);
        }));
        self.session.fetch = Some(Streamed { left: size });
        Ok(())
    }

    /// Ends it, after these items if any.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is no FETCH to be ended. [`ApiMisuse::Size`]: the last literal is not complete.
    pub fn fetch_end(&mut self, items: &[FetchItem<'_>]) -> Result<(), Error> {
        self.check_literal_end()?;
        self.push(fragments(self.session.encode_options(), false, |out| {
            for item in items {
                out.put(" ");
                item.encode(out);
            }
            out.put(")\r\n");
        }));
        self.session.fetch = None;
        self.is_blocked = false;
        Ok(())
    }

    fn check_fetch(&self, number: u32) -> Result<(), Error> {
        self.check_sending()?;
        let items = List::default();
        let data = match self.session.enabled.uidonly {
            true => NumberedData::UidFetch(items),
            false => NumberedData::Fetch(items),
        };
        Ok(self.check_numbered(&Numbered { number, data })?)
    }

    fn check_literal_end(&self) -> Result<(), Error> {
        self.check_alive()?;
        match self.session.fetch {
            None => Err(ApiMisuse::State(crate::Refusal::NotOpen).into()),
            Some(Streamed { left: 0 }) => Ok(()),
            Some(_) => Err(ApiMisuse::Size.into()),
        }
    }

    fn push(&mut self, pieces: alloc::vec::Vec<Fragment>) {
        for piece in pieces {
            if let Fragment::Send(octets) = piece {
                self.transmit.push(octets);
            }
        }
    }
}

/// The item up to its contents, its space included, when so many octets of it can be streamed.
fn contents_name(contents: &FetchItem<'_>, size: u64) -> Result<BytesMut, ApiMisuse> {
    if size > LONGEST {
        return Err(ApiMisuse::Size);
    }
    let is_streamable = matches!(
        contents,
        FetchItem::BodySection(_)
            | FetchItem::BinarySection(_)
            | FetchItem::Rfc822(_)
            | FetchItem::Rfc822Header(_)
            | FetchItem::Rfc822Text(_)
    );
    let mut text = BytesMut::new();
    contents.encode(&mut Writer::new(&mut text));
    match text.strip_suffix(b" NIL").map(<[u8]>::len) {
        Some(len) if is_streamable => {
            text.truncate(len.saturating_add(1));
            Ok(text)
        }
        _ => Err(ApiMisuse::Response),
    }
}

/// `BODY[] {310}` CRLF
fn announce(name: &[u8], contents: &FetchItem<'_>, size: u64, out: &mut Writer<'_>) {
    out.put(name);
    out.put(if matches!(contents, FetchItem::BinarySection(_)) { "~{" } else { "{" });
    out.number(size);
    out.put("}\r\n");
}
