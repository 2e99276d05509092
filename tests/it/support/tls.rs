//! A server with one answer over TLS or plain TCP that ends its connections in a chosen way.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock};
use std::thread;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use wechatpay_chain::{Certificate, ClientBuilder};

use super::builder;

/// How a connection ends after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// TLS is ended, then TCP.
    CloseNotify,
    /// TCP is ended under TLS.
    Fin,
    /// There is no TLS.
    Plain,
}

pub(crate) struct Ending {
    address: SocketAddr,
    root: Option<Certificate>,
}

impl Ending {
    /// Answers every connection's first request with these bytes.
    pub(crate) fn with(answer: impl Into<Vec<u8>>, end: End) -> Self {
        let (key, certificate) = &*IDENTITY;
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_private_key(key).unwrap();
        acceptor.set_certificate(certificate).unwrap();
        let (acceptor, answer) = (acceptor.build(), Arc::new(answer.into()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (acceptor, answer) = (acceptor.clone(), Arc::clone(&answer));
                thread::spawn(move || serve(stream.unwrap(), &acceptor, &answer, end));
            }
        });
        let root = Certificate::from_bytes(certificate.to_pem().unwrap()).unwrap();
        let root = (end != End::Plain).then_some(root);
        Self { address, root }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        match &self.root {
            Some(root) => builder()
                .base_url(format!("https://{}/", self.address))
                .root_certificate(root.clone()),
            None => builder().base_url(format!("http://{}/", self.address)),
        }
    }
}

// Errors of a client that has gone do not matter.
fn serve(mut tcp: TcpStream, acceptor: &SslAcceptor, answer: &[u8], end: End) {
    if end == End::Plain {
        read_head(&mut tcp);
        let _ = tcp.write_all(answer);
        return;
    }
    let Ok(mut tls) = acceptor.accept(tcp) else {
        return;
    };
    read_head(&mut tls);
    let _ = tls.write_all(answer);
    if end == End::CloseNotify {
        let _ = tls.shutdown();
    }
}

/// All requests here have no body.
fn read_head(stream: &mut impl Read) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
}

static IDENTITY: LazyLock<(PKey<Private>, X509)> = LazyLock::new(identity);

/// A self-signed certificate for 127.0.0.1.
fn identity() -> (PKey<Private>, X509) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "127.0.0.1").unwrap();
    let name = name.build();
    let mut made = X509::builder().unwrap();
    made.set_version(2).unwrap();
    let serial = BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap();
    made.set_serial_number(&serial).unwrap();
    made.set_subject_name(&name).unwrap();
    made.set_issuer_name(&name).unwrap();
    made.set_pubkey(&key).unwrap();
    let (from, to) = (Asn1Time::days_from_now(0), Asn1Time::days_from_now(2));
    made.set_not_before(&from.unwrap()).unwrap();
    made.set_not_after(&to.unwrap()).unwrap();
    let root = BasicConstraints::new().critical().ca().build().unwrap();
    made.append_extension(root).unwrap();
    let context = made.x509v3_context(None, None);
    let mut host = SubjectAlternativeName::new();
    let host = host.ip("127.0.0.1").build(&context).unwrap();
    made.append_extension(host).unwrap();
    made.sign(&key, MessageDigest::sha256()).unwrap();
    (key, made.build())
}
