use std::error::Error as StdError;
use std::net::IpAddr;

use http::Uri;
use openssl::error::{Error as OpensslError, ErrorStack};
use openssl::ssl::{
    ConnectConfiguration, SslConnector, SslConnectorBuilder, SslMethod, SslVersion,
};
use openssl::x509::verify::X509VerifyFlags;

use wechatpay_core::crypto::{Certificate, PrivateKey, RootCertificates};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Creates a TLS configuration: host name and chain are verified against the system's roots and `roots`;
/// HTTP/1.1 is offered, and HTTP/2 before it if `http2` is set.
///
/// Loading the system's roots takes up to 25 ms, so create it once, and only when TLS is needed.
pub(crate) fn connector(
    roots: &[RootCertificates],
    identity: Option<&(Certificate, PrivateKey)>,
    http2: bool,
) -> Result<SslConnectorBuilder> {
    build(roots, identity, http2).map_err(|err| {
        Error::new(
            ErrorKind::Connect,
            "TLS could not be set up; are OpenSSL's files and the system's root certificates \
             (package ca-certificates) installed?",
        )
        .with_source(err)
    })
}

fn build(
    roots: &[RootCertificates],
    identity: Option<&(Certificate, PrivateKey)>,
    http2: bool,
) -> Result<SslConnectorBuilder, ErrorStack> {
    let mut builder = SslConnector::builder(SslMethod::tls_client())?;
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    let protocols: &[u8] = if http2 {
        b"\x02h2\x08http/1.1"
    } else {
        b"\x08http/1.1"
    };
    builder.set_alpn_protos(protocols)?;
    system_roots(&mut builder)?;
    for root in roots.iter().flat_map(RootCertificates::iter) {
        builder.cert_store_mut().add_cert(root.x509().clone())?;
    }
    if !roots.is_empty() {
        // OpenSSL then accepts an intermediate certificate as the end of a chain, too.
        let flags = X509VerifyFlags::PARTIAL_CHAIN;
        builder.cert_store_mut().set_flags(flags)?;
    }
    // TLS 1.2 and 1.3 have no SM2, so `Given::identity` offers RSA keys only.
    if let Some((certificate, key)) = identity
        && let Some(key) = key.pkey()
    {
        builder.set_certificate(certificate.x509())?;
        builder.set_private_key(key)?;
        builder.check_private_key()?;
    }
    Ok(builder)
}

/// Verifies the certificate of a server addressed by IPv6 against the addresses in the certificate.
///
/// The connector takes the host from the URL and would verify `[::1]`, with its brackets, as a host name,
/// which no certificate contains.
pub(super) fn verify_ipv6(config: &mut ConnectConfiguration, uri: &Uri) -> Result<(), ErrorStack> {
    let host = uri.host().unwrap_or_default();
    let Some(address) = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) else {
        return Ok(());
    };
    let Ok(address) = address.parse() else {
        // It remains a name that matches no certificate.
        return Ok(());
    };
    config.param_mut().set_ip(IpAddr::V6(address))?;
    config.set_verify_hostname(false);
    // An address is not a server name (RFC 6066, section 3).
    config.set_use_server_name_indication(false);
    Ok(())
}

/// Whether a handshake failed because the server's certificate was not accepted.
pub(super) fn is_distrusted(err: &(dyn StdError + 'static)) -> bool {
    /// `ERR_LIB_SSL` and `SSL_R_CERTIFICATE_VERIFY_FAILED`.
    const DISTRUSTED: (i32, i32) = (20, 134);
    let of_this = |err: &OpensslError| (err.library_code(), err.reason_code()) == DISTRUSTED;
    std::iter::successors(Some(err), |&err| err.source())
        .filter_map(|err| err.downcast_ref::<ErrorStack>())
        .any(|stack| stack.errors().iter().any(of_this))
}

/// Loads the system's roots, whose location a bundled OpenSSL does not know.
#[cfg(feature = "vendored")]
fn system_roots(builder: &mut SslConnectorBuilder) -> Result<(), ErrorStack> {
    let found = openssl_probe::probe();
    if let Some(file) = &found.cert_file {
        builder.load_verify_locations(Some(file), None)?;
    }
    if let Some(dir) = &found.cert_dir {
        builder.load_verify_locations(None, Some(dir))?;
    }
    Ok(())
}

/// Does nothing: the system's OpenSSL knows the default paths, and `SslConnector` loads them.
#[cfg(not(feature = "vendored"))]
#[allow(clippy::unnecessary_wraps, reason = "the twin can fail")]
fn system_roots(_: &mut SslConnectorBuilder) -> Result<(), ErrorStack> {
    Ok(())
}
