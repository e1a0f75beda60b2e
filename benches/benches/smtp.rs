//! smtp-proto on its loads. `cargo bench -p benches -- replies`

use std::hint::black_box;

use benches::Load;
use benches::smtp::Smtp;
use bytes::{Bytes, BytesMut};
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use smtp_proto::body::{BdatDecoder, DataDecoder, DataEncoder, Piece, Stray};
use smtp_proto::ehlo::{Capabilities, EhloReply};
use smtp_proto::framing::ReplyFramer;
use smtp_proto::{Command, Dialect, Limits, Reply};

criterion_group!(benches, commands, replies, ehlo, data_in, data_out, bdat_in);
criterion_main!(benches);

/// Measures in octets of the load.
fn group<'c>(criterion: &'c mut Criterion, smtp: Smtp, load: &Load) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(smtp.name());
    group.throughput(Throughput::Bytes(load.bytes.len() as u64));
    group
}

/// Reads every message, and writes them again.
fn both_ways<'l, T: 'l>(
    criterion: &mut Criterion,
    smtp: Smtp,
    load: &'l Load,
    read: impl Fn(&'l [u8]) -> T,
    write: impl Fn(&T, &mut BytesMut),
) {
    let mut group = group(criterion, smtp, load);
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

fn commands(criterion: &mut Criterion) {
    for smtp in [Smtp::MailRcpt, Smtp::Commands] {
        let load = smtp.generate();
        both_ways(criterion, smtp, &load, command, Command::encode);
    }
}

fn command(line: &[u8]) -> Command<'_> {
    let (_, command) = Command::parse(line, Dialect::STRICT).expect("the loads are valid");
    command
}

fn replies(criterion: &mut Criterion) {
    let load = Smtp::Replies.generate();
    both_ways(criterion, Smtp::Replies, &load, reply, Reply::encode);
    group(criterion, Smtp::Replies, &load).bench_function("frame", |bencher| {
        bencher.iter(|| {
            let (mut framer, limits, mut rest) = (ReplyFramer::new(), Limits::default(), &load.bytes[..]);
            while let Ok(Some(len)) = framer.next(rest, &limits) {
                rest = black_box(&rest[len..]);
            }
        });
    });
}

fn reply(message: &[u8]) -> Reply<'_> {
    let (_, reply) = Reply::parse(message, Dialect::STRICT).expect("the loads are valid");
    reply
}

fn ehlo(criterion: &mut Criterion) {
    let load = Smtp::Ehlo.generate();
    group(criterion, Smtp::Ehlo, &load).bench_function("read", |bencher| {
        bencher.iter(|| {
            for message in load.messages() {
                let reply = reply(message);
                let ehlo = EhloReply::of(&reply).expect("the loads are valid");
                black_box(Capabilities::from(&ehlo));
            }
        });
    });
}

fn data_in(criterion: &mut Criterion) {
    for smtp in [Smtp::DataIn, Smtp::DataInDots] {
        let load = smtp.generate();
        group(criterion, smtp, &load).bench_function("read", |bencher| {
            bencher.iter(|| {
                let (mut decoder, mut rest) = (DataDecoder::new(Stray::Reject), &load.bytes[..]);
                while let Some(decoded) = decoder.decode(rest) {
                    rest = &rest[decoded.consumed..];
                    black_box(decoded.piece);
                }
                assert!(decoder.is_ended());
            });
        });
    }
}

fn data_out(criterion: &mut Criterion) {
    for smtp in [Smtp::DataOut, Smtp::DataOutDots] {
        let load = smtp.generate();
        let text = Bytes::copy_from_slice(&load.bytes);
        group(criterion, smtp, &load).bench_function("write", |bencher| {
            bencher.iter(|| {
                let mut encoder = DataEncoder::new(Stray::Reject);
                encoder.encode(&text, |wire| _ = black_box(wire)).expect("the loads are valid");
                encoder.finish(|wire| _ = black_box(wire)).expect("the loads are valid");
            });
        });
    }
}

fn bdat_in(criterion: &mut Criterion) {
    let load = Smtp::BdatIn.generate();
    group(criterion, Smtp::BdatIn, &load).bench_function("read", |bencher| {
        bencher.iter(|| {
            let mut decoder = BdatDecoder::new(Stray::Reject, false);
            for message in load.messages() {
                let (mut rest, line) = Command::parse(message, Dialect::STRICT).expect("the loads are valid");
                let Command::Bdat(bdat) = line else { panic!("{line} is not BDAT") };
                decoder.start(bdat.size(), bdat.is_last()).expect("one chunk after the other");
                while let Some(decoded) = decoder.decode(rest) {
                    rest = &rest[decoded.consumed..];
                    if black_box(decoded.piece) == Piece::End {
                        break;
                    }
                }
            }
            assert!(decoder.is_ended());
        });
    });
}
