//! imap-proto on its loads. `cargo bench -p benches -- fetch-flags`

use std::hint::black_box;

use benches::imap::Imap;
use bytes::BytesMut;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use imap_proto::framing::{Side, split};
use imap_proto::{Dialect, Response, TaggedCommand};

criterion_group!(benches, loads);
criterion_main!(benches);

fn loads(criterion: &mut Criterion) {
    for imap in Imap::ALL {
        if imap.is_of_client() {
            both_ways(criterion, imap, command, TaggedCommand::encode);
        } else {
            both_ways(criterion, imap, response, Response::encode);
        }
    }
}

/// Finds the messages, reads every one, and writes them again, measured in octets of the load.
fn both_ways<T>(
    criterion: &mut Criterion,
    imap: Imap,
    read: fn(&'static [u8]) -> T,
    write: fn(&T, &mut BytesMut),
) {
    // Values borrow from the load; there are not many loads.
    let load = Box::leak(Box::new(imap.generate()));
    let mut group = criterion.benchmark_group(imap.name());
    group.throughput(Throughput::Bytes(load.bytes.len() as u64));
    let side = if imap.is_of_client() { Side::Client } else { Side::Server };
    group.bench_function("frame", |bencher| {
        bencher.iter(|| assert_eq!(split(&load.bytes, side).count(), load.count()));
    });
    group.bench_function("read", |bencher| {
        bencher.iter(|| load.messages().for_each(|message| _ = black_box(read(message))));
    });
    let messages: Vec<T> = load.messages().map(read).collect();
    let mut out = BytesMut::with_capacity(load.bytes.len() * 2);
    group.bench_function("write", |bencher| {
        bencher.iter(|| {
            out.clear();
            messages.iter().for_each(|message| write(message, &mut out));
        });
    });
    group.finish();
}

fn response(message: &[u8]) -> Response<'_> {
    let (_, response) = Response::parse(message, Dialect::STRICT).expect("the loads are valid");
    response
}

fn command(message: &[u8]) -> TaggedCommand<'_> {
    let (_, command) = TaggedCommand::parse(message, Dialect::STRICT).expect("the loads are valid");
    command
}
