//! The machines on a stream that comes in pieces: of one octet, of a few, of a packet, of a large read.
//! `cargo bench -p benches --bench sessions -- fetch-flags`

use benches::Load;
use benches::hostile::{Bounds, Machine};
use benches::imap::Imap;
use benches::smtp::Smtp;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

criterion_group!(benches, sessions);
criterion_main!(benches);

/// Octets that arrive at a time.
const PIECES: [usize; 4] = [1, 7, 1460, 65_536];

/// What opens a message.
const MAIL: &[u8] = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\n";

fn sessions(criterion: &mut Criterion) {
    // Of the load `status`, most complete commands that nobody gave.
    for imap in Imap::ALL.into_iter().filter(|&imap| imap != Imap::Status) {
        let machine = if imap.is_of_client() { Machine::imap_server } else { Machine::imap_client };
        in_pieces(criterion, imap.name(), &imap.generate(), machine);
    }
    let server = Machine::smtp_server;
    in_pieces(criterion, Smtp::MailRcpt.name(), &Smtp::MailRcpt.generate(), server);
    for smtp in [Smtp::DataIn, Smtp::DataInDots] {
        in_pieces(criterion, smtp.name(), &smtp.generate(), |bounds| {
            server(bounds).after(MAIL).after(b"DATA\r\n")
        });
    }
    in_pieces(criterion, Smtp::BdatIn.name(), &Smtp::BdatIn.generate(), |bounds| server(bounds).after(MAIL));
}

fn in_pieces(criterion: &mut Criterion, name: &str, load: &Load, machine: impl Fn(Bounds) -> Machine) {
    let mut group = criterion.benchmark_group(format!("session/{name}"));
    group.sample_size(10);
    group.throughput(Throughput::Bytes(load.bytes.len() as u64));
    for piece in PIECES {
        group.bench_function(piece.to_string(), |bencher| {
            bencher.iter(|| machine(Bounds::None).feed(&load.bytes, piece).expect("the loads are valid"));
        });
    }
    group.finish();
}
