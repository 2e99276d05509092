//! Root certificates with keys that WeChat Pay does not use, such as those of a company's proxy, over real TLS.

use std::net::SocketAddr;
use std::pin::Pin;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{Ssl, SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio_openssl::SslStream;
use wechatpay_chain::{Certificate, ClientBuilder, ErrorKind, Result, RootCertificates};
use wechatpay_sandbox::Sandbox;

use crate::support::{native_order, stranger};

/// A certificate and its key.
struct Identity {
    key: PKey<Private>,
    certificate: X509,
}

fn ec(curve: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn rsa() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

impl Identity {
    /// A self-signed CA.
    fn root(name: &str, key: PKey<Private>) -> Self {
        Self::make(name, key, true, None)
    }

    fn issue(&self, name: &str, key: PKey<Private>, is_ca: bool) -> Self {
        Self::make(name, key, is_ca, Some(self))
    }

    fn make(name: &str, key: PKey<Private>, is_ca: bool, issuer: Option<&Self>) -> Self {
        let mut subject = X509NameBuilder::new().unwrap();
        subject.append_entry_by_text("CN", name).unwrap();
        let subject = subject.build();
        let mut made = X509::builder().unwrap();
        made.set_version(2).unwrap();
        let mut serial = BigNum::new().unwrap();
        serial.rand(64, openssl::bn::MsbOption::ONE, false).unwrap();
        made.set_serial_number(&serial.to_asn1_integer().unwrap())
            .unwrap();
        made.set_subject_name(&subject).unwrap();
        let by = issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name());
        made.set_issuer_name(by).unwrap();
        made.set_pubkey(&key).unwrap();
        let (from, to) = (Asn1Time::days_from_now(0), Asn1Time::days_from_now(2));
        made.set_not_before(&from.unwrap()).unwrap();
        made.set_not_after(&to.unwrap()).unwrap();
        if is_ca {
            let ca = BasicConstraints::new().critical().ca().build().unwrap();
            made.append_extension(ca).unwrap();
        } else {
            let context = made.x509v3_context(None, None);
            let mut host = SubjectAlternativeName::new();
            let host = host.ip("127.0.0.1").build(&context).unwrap();
            made.append_extension(host).unwrap();
        }
        let signer = issuer.map_or(&key, |issuer| &issuer.key);
        let digest = match signer.id() {
            openssl::pkey::Id::ED25519 => MessageDigest::null(),
            _ => MessageDigest::sha256(),
        };
        made.sign(signer, digest).unwrap();
        let certificate = made.build();
        Self { key, certificate }
    }

    fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }
}

/// A proxy that ends TLS with a certificate of its company, before a sandbox.
struct Front {
    sandbox: Sandbox,
    address: SocketAddr,
    _runtime: Runtime,
}

impl Front {
    fn open(leaf: &Identity) -> Self {
        let sandbox = Sandbox::start_blocking().unwrap();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_private_key(&leaf.key).unwrap();
        acceptor.set_certificate(&leaf.certificate).unwrap();
        let acceptor = acceptor.build();
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, to) = (listener.local_addr().unwrap(), sandbox.address());
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let ssl = Ssl::new(acceptor.context()).unwrap();
                tokio::spawn(forward(SslStream::new(ssl, stream).unwrap(), to));
            }
        });
        Self {
            sandbox,
            address,
            _runtime: runtime,
        }
    }

    fn client(&self) -> ClientBuilder {
        stranger(&self.sandbox, &format!("https://{}/", self.address))
    }

    fn call(&self, roots: impl Into<RootCertificates>) -> Result<()> {
        let client = self.client().root_certificate(roots).build()?;
        let call = client.chain("v3/pay/transactions/native");
        call.post(native_order(), ()).wait().map(drop)
    }
}

// Errors of a client that does not trust the server do not matter.
async fn forward(mut tls: SslStream<TcpStream>, to: SocketAddr) {
    if Pin::new(&mut tls).accept().await.is_err() {
        return;
    }
    let mut server = TcpStream::connect(to).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut tls, &mut server).await;
}

#[test]
fn roots_of_every_algorithm_of_tls_are_trusted() -> Result<()> {
    for (root, leaf) in [
        (ec(Nid::X9_62_PRIME256V1), ec(Nid::X9_62_PRIME256V1)),
        (ec(Nid::SECP384R1), ec(Nid::SECP384R1)),
        (PKey::generate_ed25519().unwrap(), rsa()),
        (rsa(), ec(Nid::X9_62_PRIME256V1)),
    ] {
        let root = Identity::root("Example Proxy CA", root);
        let front = Front::open(&root.issue("127.0.0.1", leaf, false));
        front.call(RootCertificates::from_bytes(root.pem())?)?;
        front.call(RootCertificates::from_bytes(
            root.certificate.to_der().unwrap(),
        )?)?;
        let other = Identity::root("Example Proxy CA", ec(Nid::X9_62_PRIME256V1));
        let err = front
            .call(RootCertificates::from_bytes(other.pem())?)
            .unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
        assert!(!err.maybe_sent());
        assert!(err.to_string().contains("root_certificate(..)"), "{err}");
    }
    Ok(())
}

#[test]
fn each_certificate_of_a_file_is_trusted() -> Result<()> {
    let (old, new) = (ec(Nid::X9_62_PRIME256V1), rsa());
    let (old, new) = (Identity::root("Old", old), Identity::root("New", new));
    let both = format!("# 2024\n{}\n# 2026\r\n{}\n", old.pem(), new.pem());
    let file = std::env::temp_dir().join(format!("roots-{}.pem", std::process::id()));
    std::fs::write(&file, both).unwrap();
    let roots = RootCertificates::from_file(&file);
    std::fs::remove_file(&file).unwrap();
    let roots = roots?;
    let names: Vec<_> = roots
        .iter()
        .filter_map(|it| it.subject_common_name())
        .collect();
    assert_eq!(names, ["Old", "New"]);
    for root in [old, new] {
        let leaf = root.issue("127.0.0.1", ec(Nid::X9_62_PRIME256V1), false);
        Front::open(&leaf).call(roots.clone())?;
    }
    Ok(())
}

/// A server that sends its own certificate alone, and a client that has only the certificate of its issuer.
#[test]
fn an_intermediate_certificate_is_accepted_like_a_root() -> Result<()> {
    let root = Identity::root("Root", rsa());
    let between = root.issue("Intermediate", ec(Nid::X9_62_PRIME256V1), true);
    let front = Front::open(&between.issue("127.0.0.1", ec(Nid::X9_62_PRIME256V1), false));
    front.call(RootCertificates::from_bytes(between.pem())?)?;
    // The chain cannot be built from the root alone.
    let err = front.call(RootCertificates::from_bytes(root.pem())?);
    assert_eq!(err.unwrap_err().kind(), ErrorKind::Connect);
    Ok(())
}

#[test]
fn an_rsa_certificate_becomes_a_root() -> Result<()> {
    let root = Identity::root("Root", rsa());
    let front = Front::open(&root.issue("127.0.0.1", rsa(), false));
    front.call(Certificate::from_bytes(root.pem())?)
}

#[test]
fn anything_but_a_certificate_is_refused_with_its_kind() {
    let key = ec(Nid::X9_62_PRIME256V1);
    let pem = String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let mut damaged = Identity::root("Root", key).pem();
    damaged.truncate(damaged.len() / 2);
    for (given, said) in [
        (pem.as_str(), "this is a private key that is not an RSA key"),
        ("", "this is empty; a root certificate was expected"),
        ("hello", "this is not a key or certificate"),
        (
            &damaged,
            "a root certificate was expected, but this is truncated",
        ),
    ] {
        let err = RootCertificates::from_bytes(given).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Key, "{err}");
        assert!(err.to_string().contains(said), "{err}");
    }
}
