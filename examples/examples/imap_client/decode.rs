//! Undoing content transfer encodings (RFC 2045) piece by piece: base64 by the crate base64, quoted-printable by mail-parser.

use std::io::Write;

use anyhow::{Context, bail};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use imap_proto::body::Encoding;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

/// RFC 2045 section 6.8: padding only ends the data, and some leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Writes what was encoded.
pub struct Decoder<W> {
    out: W,
    encoding: Option<Encoding>,
    /// What cannot be decoded yet: less than four characters, or less than a line.
    rest: Vec<u8>,
}

impl<W: Write> Decoder<W> {
    /// An encoding of `None` is taken for none at all.
    pub fn new(out: W, encoding: Option<Encoding>) -> Self {
        Self { out, encoding, rest: Vec::new() }
    }

    pub fn write(&mut self, octets: &[u8]) -> anyhow::Result<()> {
        match self.encoding {
            Some(Encoding::Base64) => {
                // RFC 2045 section 6.8: what is not in the alphabet is passed over.
                let is_data =
                    |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
                self.rest.extend(octets.iter().copied().filter(is_data));
                self.decode_base64(self.rest.len() / 4 * 4)
            }
            Some(Encoding::QuotedPrintable) => {
                self.rest.extend_from_slice(octets);
                let lines = self.rest.iter().rposition(|octet| *octet == b'\n').map_or(0, |at| at + 1);
                self.decode_quoted(lines)
            }
            _ => Ok(self.out.write_all(octets)?),
        }
    }

    /// Nothing more follows.
    pub fn finish(mut self) -> anyhow::Result<W> {
        match self.encoding {
            Some(Encoding::Base64) => self.decode_base64(self.rest.len())?,
            Some(Encoding::QuotedPrintable) => self.decode_quoted(self.rest.len())?,
            _ => {}
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn decode_base64(&mut self, len: usize) -> anyhow::Result<()> {
        let whole: Vec<u8> = self.rest.drain(..len).collect();
        let decoded = BASE64.decode(whole).context("the part is no base64")?;
        Ok(self.out.write_all(&decoded)?)
    }

    fn decode_quoted(&mut self, len: usize) -> anyhow::Result<()> {
        /// RFC 2045 section 6.7 allows 76 characters; a line of that many has no end.
        const LINE: usize = 1024 * 1024;
        if self.rest.len() - len > LINE {
            bail!("the part is no quoted-printable: its lines are too long");
        }
        let whole: Vec<u8> = self.rest.drain(..len).collect();
        let decoded = quoted_printable_decode(&whole).context("the part is no quoted-printable")?;
        Ok(self.out.write_all(&decoded)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out, whole and octet by octet.
    fn decode(encoding: Encoding, text: &str) -> Result<String, String> {
        let decode = |size: usize| {
            let mut decoder = Decoder::new(Vec::new(), Some(encoding));
            text.as_bytes().chunks(size).try_for_each(|piece| decoder.write(piece))?;
            decoder.finish()
        };
        let [whole, bytewise] = [usize::MAX, 1].map(|size| decode(size).map_err(|error| error.to_string()));
        assert_eq!(whole, bytewise);
        whole.map(|octets| String::from_utf8(octets).unwrap())
    }

    #[test]
    fn pieces_are_put_together() {
        let base64 = |text| decode(Encoding::Base64, text).unwrap();
        assert_eq!(base64("aGVsbG8g\r\nd29y bGQ=\r\n"), "hello world");
        assert_eq!(base64("aGVsbG8gd29ybGQ"), "hello world");
        let quoted = |text| decode(Encoding::QuotedPrintable, text).unwrap();
        assert_eq!(quoted("J=C3=BCrgen =3D  \r\nso=\r\nft\r\nend=\r\n"), "Jürgen =\r\nsoft\r\nend");
        assert_eq!(decode(Encoding::EightBit, "=3D\r\n").unwrap(), "=3D\r\n");
        assert!(decode(Encoding::Base64, "aGVsb").is_err());
        assert!(decode(Encoding::QuotedPrintable, "=zz").is_err());
    }
}
