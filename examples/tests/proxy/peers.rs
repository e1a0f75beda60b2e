//! A proxy, a client and a server that say what a test tells them to.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use crate::interop::certificate::Certificate;
use crate::interop::programs::{Service, example};
use crate::interop::{PATIENCE, TempDir, wait_for};

/// A running `proxy`, and the place of its server.
pub struct Proxy {
    pub service: Service,
    /// Where it listens.
    pub port: u16,
    /// Shown to clients that use STARTTLS.
    pub certificate: Certificate,
    log: PathBuf,
    _folder: TempDir,
}

impl Proxy {
    /// A proxy before a server on this port.
    pub fn start(protocol: &str, upstream: u16, options: &[&str]) -> Self {
        let folder = TempDir::new("proxy");
        let certificate = Certificate::make(&folder);
        let log = folder.path().join("log");
        let mut command = Command::new(example("proxy"));
        command.args([protocol, "--listen", "127.0.0.1:0", "--upstream", &format!("127.0.0.1:{upstream}")]);
        command.arg("--log").arg(&log).arg("--cert").arg(&certificate.chain);
        command.arg("--key").arg(&certificate.key).args(options);
        let service = Service::start(&mut command);
        let line = service.next_line();
        let port = line.strip_prefix("listening on 127.0.0.1:").and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("the proxy printed {line:?}"));
        Self { service, port, certificate, log, _folder: folder }
    }

    /// The lines of the log without their times, when this many connections have been closed.
    #[track_caller]
    pub fn log(&self, closed: usize) -> Vec<String> {
        wait_for("the end of the log", || {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let ends = log.lines().filter(|line| line.contains(" - closed")).count();
            (ends >= closed).then(|| {
                let lines = log.lines().map(|line| line.split_once(' ').expect("a time").1.to_owned());
                lines.collect()
            })
        })
    }
}

/// A proxy with both its peers, who have not said anything.
pub struct Session {
    pub proxy: Proxy,
    pub client: TcpStream,
    pub server: TcpStream,
    /// For more connections.
    pub listener: TcpListener,
}

impl Session {
    pub async fn start(protocol: &str, options: &[&str]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let proxy = Proxy::start(protocol, listener.local_addr().unwrap().port(), options);
        let (client, server) = connect(&proxy, &listener).await;
        Self { proxy, client, server, listener }
    }
}

/// Another connection through the proxy.
pub async fn connect(proxy: &Proxy, listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).await.unwrap();
    let (server, _) = in_time(listener.accept()).await.unwrap();
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    (client, server)
}

/// Fails the test when it takes too long.
pub async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it takes too long")
}

/// Numbers that look random and are the same every time.
pub struct Random(pub u32);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % end
    }

    pub fn octets(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(256) as u8).collect()
    }
}

/// `from` says this, cut at random, and `to` hears it as it was said.
pub async fn say(
    random: &mut Random,
    from: &mut (impl AsyncWrite + Unpin),
    to: &mut (impl AsyncRead + Unpin),
    octets: &[u8],
) {
    let mut heard = vec![0; octets.len()];
    let saying = async {
        let mut rest = octets;
        // Small pieces in front, where lines are; large ones later, so that it comes to an end.
        let mut most = 8;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(1 + random.below(most)));
            from.write_all(piece).await.unwrap();
            from.flush().await.unwrap();
            tokio::task::yield_now().await;
            (rest, most) = (after, (most + most / 16 + 1).min(100_000));
        }
    };
    in_time(async { tokio::join!(saying, async { to.read_exact(&mut heard).await.unwrap() }) }).await;
    crate::interop::message::assert_same(octets, &heard);
}

/// What is still to be heard, up to the end.
pub async fn rest(from: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut rest = Vec::new();
    // A connection that is reset has ended as well.
    let _ = in_time(from.read_to_end(&mut rest)).await;
    rest
}

/// A client's side of TLS; whatever is wrong with the certificate is for the test to see.
pub async fn tls_client(
    tcp: TcpStream,
    trusted: &Certificate,
) -> std::io::Result<client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&trusted.chain).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    in_time(connector.connect(ServerName::try_from("localhost").unwrap(), tcp)).await
}

/// A server's side of TLS.
pub async fn tls_server(
    tcp: TcpStream,
    certificate: &Certificate,
) -> std::io::Result<server::TlsStream<TcpStream>> {
    let chain = vec![CertificateDer::from_pem_file(&certificate.chain).unwrap()];
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(&certificate.key).unwrap())
        .unwrap();
    in_time(TlsAcceptor::from(Arc::new(config)).accept(tcp)).await
}
