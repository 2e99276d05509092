//! Posts notifications to the merchant's server: over plain HTTP on this machine, or to any server if allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use openssl::ssl::{SslConnector, SslMethod};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::rejected;
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};
use wechatpay_core::host;

/// How long WeChat Pay waits for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 1 << 20;

/// The servers that notifications may be posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reach {
    #[default]
    Loopback,
    /// Any server, over TLS as well.
    Anywhere,
}

/// A URL that may be posted to.
pub(super) fn target(url: &str, reach: Reach) -> Result<Uri> {
    let uri: Uri = url
        .parse()
        .map_err(|err| rejected("the notification URL is not a URL").with_source(err))?;
    match reach {
        Reach::Loopback => addresses(&uri).map(|_| uri),
        Reach::Anywhere => host(&uri).map(|_| uri),
    }
}

/// Whether a URL may be posted to.
pub(crate) fn check_url(url: &str, reach: Reach) -> Result<()> {
    target(url, reach).map(drop)
}

/// Why a URL may not be posted to, in Chinese.
pub(crate) const fn unreachable_zh(reach: Reach) -> &'static str {
    match reach {
        Reach::Loopback => {
            "沙箱只向本机的服务器发送通知：URL 应为 http://127.0.0.1:端口/路径、http://[::1]:端口/路径 或 \
             http://localhost:端口/路径，或在启动时用 --allow-outgoing 允许其他服务器"
        }
        Reach::Anywhere => "不是可以发送的 URL：应为 http:// 或 https:// 开头的完整地址",
    }
}

/// Adds the headers of WeChat Pay's requests that are not part of the signature.
pub(super) fn add_headers(headers: &mut HeaderMap) {
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Mozilla/4.0"));
}

/// Posts a notification and returns the server's answer.
pub(crate) async fn exchange(request: Request<Bytes>, reach: Reach) -> Result<Response<Bytes>> {
    match tokio::time::timeout(ANSWER_TIMEOUT, send(request, reach)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::new(
            ErrorKind::Timeout,
            "the notified server did not respond within WeChat Pay's limit of 5 s",
        )),
    }
}

async fn send(request: Request<Bytes>, reach: Reach) -> Result<Response<Bytes>> {
    let uri = request.uri().clone();
    let socket = match reach {
        Reach::Loopback => TcpStream::connect(&addresses(&uri)?[..]).await,
        Reach::Anywhere => TcpStream::connect(host(&uri)?).await,
    };
    let socket = socket.map_err(|err| {
        let message = "no server listens at the URL of the notification";
        Error::new(ErrorKind::Connect, message).with_source(err)
    })?;
    match uri.scheme_str() {
        Some("https") => over(encrypted(&uri, socket).await?, request).await,
        _ => over(socket, request).await,
    }
}

async fn over<S>(stream: S, request: Request<Bytes>) -> Result<Response<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = origin_form(request)?;
    let (mut sender, connection) = http1::Builder::new()
        // As WeChat Pay spells them.
        .title_case_headers(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // The connection ends with its sender, which also reports its errors.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(broken)?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect();
    Ok(Response::from_parts(
        head,
        body.await.map_err(broken)?.to_bytes(),
    ))
}

/// Connects with TLS, trusting the machine's root certificates.
async fn encrypted(uri: &Uri, socket: TcpStream) -> Result<SslStream<TcpStream>> {
    let unmade = |err: BoxError| {
        let message = "TLS with the notified server failed";
        Error::new(ErrorKind::Connect, message).with_source(err)
    };
    let connector = SslConnector::builder(SslMethod::tls_client());
    let ssl = connector
        .and_then(|builder| builder.build().configure())
        .and_then(|tls| tls.into_ssl(uri.host().unwrap_or_default().trim_matches(['[', ']'])))
        .and_then(|ssl| SslStream::new(ssl, socket));
    let mut stream = ssl.map_err(|err| unmade(err.into()))?;
    let shaken = Pin::new(&mut stream).connect().await;
    shaken.map_err(|err| unmade(err.into()))?;
    Ok(stream)
}

/// The host and port of any server.
fn host(uri: &Uri) -> Result<(String, u16)> {
    let wrong = || rejected("write the URL to notify as http://host/path or https://host/path");
    let authority = uri.authority().ok_or_else(wrong)?;
    let port = match uri.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return Err(wrong()),
    };
    let (host, given) = host::split(authority.as_str()).map_err(|_| wrong())?;
    let host = host.trim_matches(['[', ']']).to_owned();
    Ok((host, given.unwrap_or(port)))
}

/// Turns the request into origin form: `POST /notify` with a `Host` header.
fn origin_form(request: Request<Bytes>) -> Result<Request<Full<Bytes>>> {
    let (mut head, body) = request.into_parts();
    let host = head.uri.authority().map_or("", |host| host.as_str());
    let host = HeaderValue::from_str(host).map_err(|_| elsewhere())?;
    head.headers.insert(HOST, host);
    let path = head.uri.path_and_query().cloned();
    head.uri = path
        .unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into();
    Ok(Request::from_parts(head, Full::new(body)))
}

/// The loopback addresses of a URL. Only the name `localhost` is resolved: others may lead anywhere.
fn addresses(uri: &Uri) -> Result<Vec<SocketAddr>> {
    let authority = uri.authority().ok_or_else(elsewhere)?;
    let (host, port) = host::split(authority.as_str()).map_err(|_| elsewhere())?;
    if uri.scheme_str() != Some("http") {
        return Err(elsewhere());
    }
    let host = host.trim_matches(['[', ']']);
    let ips: Vec<IpAddr> = match host.parse() {
        Ok(ip) => vec![ip],
        Err(_) if host.eq_ignore_ascii_case("localhost") => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Err(_) => return Err(elsewhere()),
    };
    if !ips.iter().all(IpAddr::is_loopback) {
        return Err(elsewhere());
    }
    let port = port.unwrap_or(80);
    Ok(ips.into_iter().map(|ip| (ip, port).into()).collect())
}

fn elsewhere() -> Error {
    rejected(
        "the sandbox posts notifications to servers of this machine alone: write the URL as \
         http://127.0.0.1:port/path, http://[::1]:port/path or http://localhost:port/path, or allow \
         other servers when it starts (--allow-outgoing)",
    )
}

fn broken(err: impl Into<BoxError>) -> Error {
    Error::new(
        ErrorKind::Transport,
        "the notified server broke the connection off, or its answer is no HTTP or longer than 1 MiB",
    )
    .with_maybe_sent(true)
    .with_source(err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_notified() {
        for (url, first) in [
            ("http://127.0.0.1:81/n?a=b", "127.0.0.1:81"),
            ("http://127.9.9.9/", "127.9.9.9:80"),
            ("http://[::1]:81", "[::1]:81"),
            ("http://LocalHost:81/n", "127.0.0.1:81"),
        ] {
            let addresses = addresses(&target(url, Reach::Loopback).unwrap()).unwrap();
            assert_eq!(addresses[0], first.parse().unwrap(), "{url}");
        }
        for url in [
            "",
            "/notify",
            "127.0.0.1:81",
            "https://127.0.0.1/n",
            "http://10.0.0.1/n",
            "http://0.0.0.0/n",
            "http://example.com/n",
            "http://127.0.0.1.example.com/n",
            "http://127.0.0.1@example.com/n",
            "http://example.com@127.0.0.1/n",
            "http://[::2]/n",
            "http://127.0.0.1:99999/n",
            "http://127.0.0.1:/n",
            "http://[::ffff:10.0.0.1]/n",
        ] {
            let err = target(url, Reach::Loopback).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder, "{url}");
        }
    }

    #[test]
    fn other_hosts_are_notified_if_allowed() {
        let host = |url| host(&target(url, Reach::Anywhere)?);
        assert_eq!(
            host("https://example.com/n").unwrap(),
            ("example.com".into(), 443)
        );
        assert_eq!(host("http://10.0.0.1:81").unwrap(), ("10.0.0.1".into(), 81));
        for url in [
            "",
            "/notify",
            "ftp://example.com/",
            "https://a@example.com/",
            "https://example.com:99999/",
        ] {
            assert_eq!(host(url).unwrap_err().kind(), ErrorKind::Builder, "{url}");
        }
    }
}
