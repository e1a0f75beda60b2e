//! lettre: its connection reads lines, and reads the reply anew after each.

use std::hint::black_box;

use ::lettre::transport::smtp::response::Response;
use benches::Load;

use crate::job::Job;

pub fn client(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| {
        let (mut line, mut reply, mut accepted) = (Vec::new(), String::with_capacity(100), 0);
        for mut rest in octets.bytes.chunks(piece) {
            while let Some(lf) = memchr::memchr(b'\n', rest) {
                line.extend_from_slice(&rest[..=lf]);
                rest = &rest[lf + 1..];
                reply.push_str(std::str::from_utf8(&line).unwrap_or_default());
                line.clear();
                if black_box(reply.parse::<Response>()).is_ok() {
                    accepted += 1;
                    reply = String::with_capacity(100);
                }
            }
            line.extend_from_slice(rest);
        }
        accepted
    };
    Job::body("lettre", run).without_copy()
}
