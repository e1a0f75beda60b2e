//! TLS by rustls, for servers and clients.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Accepts TLS with the certificate in `pem`, or with a self-signed one for `domain`.
///
/// # Errors
/// The files cannot be read, or do not fit each other.
pub fn acceptor(pem: Option<(&Path, &Path)>, domain: &str) -> anyhow::Result<TlsAcceptor> {
    let (chain, key) = match pem {
        Some((cert, key)) => identity(cert, key)?,
        None => {
            let names = vec![domain.to_owned(), "localhost".into(), "127.0.0.1".into()];
            let made = rcgen::generate_simple_self_signed(names).context("cannot make a certificate")?;
            let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
            (vec![made.cert.der().clone()], key.into())
        }
    };
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("the certificate and the key do not fit")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Connects with TLS and checks the certificate against Mozilla's roots; with `insecure`, any certificate will do.
///
/// # Errors
/// The provider cannot do TLS 1.2 or 1.3.
pub fn connector(insecure: bool) -> anyhow::Result<TlsConnector> {
    connector_as(insecure, None)
}

/// [`connector`] that shows the server the certificate in the first file, whose key is in the second.
///
/// # Errors
/// As [`connector`], and the files cannot be read, or do not fit each other.
pub fn connector_as(insecure: bool, pem: Option<(&Path, &Path)>) -> anyhow::Result<TlsConnector> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let builder = if insecure {
        let algorithms = provider().signature_verification_algorithms;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Anything(algorithms)))
    } else {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        builder.with_root_certificates(roots)
    };
    let config = match pem {
        None => builder.with_no_client_auth(),
        Some((cert, key)) => {
            let (chain, key) = identity(cert, key)?;
            builder.with_client_auth_cert(chain, key).context("the certificate and the key do not fit")?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Connects with TLS and trusts the certificates in `pem`, which may be the server's own.
///
/// # Errors
/// The file cannot be read, or has no certificate in it.
pub fn connector_trusting(pem: &Path) -> anyhow::Result<TlsConnector> {
    let trusted = CertificateDer::pem_file_iter(pem).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let trusted = trusted.with_context(|| format!("cannot read the certificates in {}", pem.display()))?;
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(trusted);
    anyhow::ensure!(taken > 0, "{} has no certificate that can be trusted", pem.display());
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn identity(
    cert: &Path,
    key: &Path,
) -> anyhow::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot read the certificate {}", cert.display()))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("cannot read the key {}", key.display()))?;
    Ok((chain, key))
}

/// The name that the certificate has to have.
///
/// # Errors
/// `host` is neither a name nor an address.
pub fn server_name(host: &str) -> anyhow::Result<ServerName<'static>> {
    ServerName::try_from(host.to_owned()).with_context(|| format!("{host} is no host name"))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Trusts any certificate: for trying things out.
#[derive(Debug)]
struct Anything(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
