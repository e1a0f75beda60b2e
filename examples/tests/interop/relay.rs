//! A relay that counts what goes through.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Passes each connection on to another port.
pub struct Relay {
    pub port: u16,
    octets: Arc<AtomicU64>,
}

impl Relay {
    /// It listens as long as the test process is there.
    pub fn start(to: u16) -> Self {
        Self::cutting(to, u64::MAX)
    }

    /// One that hangs up when so many octets have gone through, and is of no use from then on.
    pub fn cutting(to: u16, most: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let octets = Arc::new(AtomicU64::new(0));
        let count = octets.clone();
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let near = near.unwrap();
                let far = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).unwrap();
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to, count) =
                        (from.try_clone().unwrap(), to.try_clone().unwrap(), count.clone());
                    std::thread::spawn(move || pass(from, to, &count, most));
                }
            }
        });
        Self { port, octets }
    }

    /// How many octets went through, in both directions.
    pub fn octets(&self) -> u64 {
        self.octets.load(Ordering::SeqCst)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64, most: u64) {
    let mut piece = vec![0; 64 * 1024];
    // A connection may also end with an error; then it has ended.
    while let Ok(len @ 1..) = from.read(&mut piece) {
        let before = count.fetch_add(len as u64, Ordering::SeqCst);
        let len = usize::try_from(most.saturating_sub(before)).unwrap_or(len).min(len);
        if to.write_all(&piece[..len]).is_err() || before.saturating_add(len as u64) >= most {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
