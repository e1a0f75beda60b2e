//! Other protocols on the port of this one.

use memchr::memmem;

use super::Foreign;
use crate::error::{Error, PeerMisbehaved};

/// What HTTP requests begin with (RFC 9110 section 9.1, and HTTP/2's preface).
const HTTP: [&[u8]; 10] = [
    b"GET ",
    b"POST ",
    b"CONNECT ",
    b"HEAD ",
    b"PUT ",
    b"OPTIONS ",
    b"DELETE ",
    b"PATCH ",
    b"TRACE ",
    b"PRI * HTTP",
];

/// The first octets of a TLS record with a ClientHello: handshake, version 3.x (RFC 8446 section 5.1).
const TLS: &[u8] = b"\x16\x03";

const PROXY_V1: &[u8] = b"PROXY ";
/// PROXY protocol, section 2.1: the longest line, its CRLF included.
const PROXY_V1_LINE: usize = 107;
/// PROXY protocol, section 2.2.
const PROXY_V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The signature, version and command, family, and two octets of length.
const PROXY_V2_HEAD: usize = 16;

/// Whether `input`, at the start of a line, is another protocol's. No command begins like this.
pub(super) fn request(input: &[u8]) -> Option<Foreign<'_>> {
    // Case counts: HTTP's methods are upper case.
    match input.first()? {
        0x16 if input.starts_with(TLS) => Some(Foreign::Tls),
        b'A'..=b'Z' if HTTP.iter().any(|method| input.starts_with(method)) => Some(Foreign::Http),
        _ => None,
    }
}

/// The header of the PROXY protocol at the front of `input`, and its length; `None` when there is none, or when it is
/// not whole yet.
///
/// # Errors
/// It begins like one and is none.
pub(super) fn proxy(input: &[u8]) -> Result<Option<(Foreign<'_>, usize)>, Error> {
    let len = if input.starts_with(PROXY_V1) {
        let front = input.get(..PROXY_V1_LINE).unwrap_or(input);
        match memmem::find(front, b"\r\n") {
            Some(end) => end.saturating_add(2),
            None if input.len() < PROXY_V1_LINE => return Ok(None),
            None => return Err(PeerMisbehaved::ForeignProtocol.into()),
        }
    } else if input.starts_with(PROXY_V2) {
        let Some([.., high, low]) = input.get(..PROXY_V2_HEAD) else { return Ok(None) };
        usize::from(u16::from_be_bytes([*high, *low])).saturating_add(PROXY_V2_HEAD)
    } else {
        return Ok(None);
    };
    Ok(input.get(..len).map(|header| (Foreign::Proxy { header }, len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        for (input, foreign) in [
            (&b"GET / HTTP/1.1\r\n"[..], Some(Foreign::Http)),
            (b"CONNECT ", Some(Foreign::Http)),
            (b"PRI * HTTP/2.0\r\n", Some(Foreign::Http)),
            (b"\x16\x03\x01\x02\x00\x01", Some(Foreign::Tls)),
            (b"GE", None),
            (b"GET", None),
            (b"GETS x", None),
            (b"get / ", None),
            (b"\x16", None),
            (b"EHLO x", None),
            (b"", None),
        ] {
            assert_eq!(request(input), foreign, "{}", input.escape_ascii());
        }
    }

    #[test]
    fn headers_of_load_balancers() {
        let v1 = b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n";
        let mut v2 = PROXY_V2.to_vec();
        v2.extend_from_slice(b"\x21\x11\x00\x0c");
        v2.extend_from_slice(&[7; 12]);
        for header in [&v1[..], &v2] {
            let mut wire = header.to_vec();
            wire.extend_from_slice(b"EHLO x\r\n");
            for end in 0..wire.len() {
                let whole = (end >= header.len()).then_some((Foreign::Proxy { header }, header.len()));
                assert_eq!(proxy(&wire[..end]), Ok(whole), "{end}");
            }
        }
        assert_eq!(proxy(b"PROXYX"), Ok(None));
        assert!(proxy(&[&b"PROXY "[..], &[b'x'; 101]].concat()).is_err());
    }
}
