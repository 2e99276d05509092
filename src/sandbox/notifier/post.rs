//! The way to the merchant's server: plain HTTP, and never off this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::refused;
use crate::error::{BoxError, Error, ErrorKind, Result};

/// How long WeChat Pay waits for a reply.
const PATIENCE: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 1 << 20;

/// A URL that may be posted to, and where that is.
pub(super) fn target(url: &str) -> Result<(Uri, Vec<SocketAddr>)> {
    let uri: Uri = url
        .parse()
        .map_err(|err| refused("the URL to notify is not one").with_source(err))?;
    let addresses = addresses(&uri)?;
    Ok((uri, addresses))
}

/// What WeChat Pay's requests have beside the signature.
pub(super) fn add_headers(headers: &mut HeaderMap) {
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Mozilla/4.0"));
}

pub(super) async fn exchange(request: Request<Bytes>) -> Result<Response<Bytes>> {
    match tokio::time::timeout(PATIENCE, send(request)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::new(
            ErrorKind::Timeout,
            "the notified server has not answered within 5 s, as WeChat Pay demands",
        )),
    }
}

async fn send(request: Request<Bytes>) -> Result<Response<Bytes>> {
    let to = addresses(request.uri())?;
    let request = origin_form(request)?;
    let socket = TcpStream::connect(&to[..]).await.map_err(|err| {
        let message = "nobody listens where the notification is to go";
        Error::new(ErrorKind::Connect, message).with_source(err)
    })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket))
        .await
        .map_err(broken)?;
    // It ends with its sender; what goes wrong comes out there as well.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(broken)?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect();
    Ok(Response::from_parts(
        head,
        body.await.map_err(broken)?.to_bytes(),
    ))
}

/// `POST /notify` and a `Host`, as a server is spoken to.
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

/// No name but `localhost` is looked up: it may lead anywhere.
fn addresses(uri: &Uri) -> Result<Vec<SocketAddr>> {
    let authority = uri.authority().ok_or_else(elsewhere)?;
    if uri.scheme_str() != Some("http") || authority.as_str().contains('@') {
        return Err(elsewhere());
    }
    let host = authority.host().trim_matches(['[', ']']);
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
    let port = authority.port_u16().unwrap_or(80);
    Ok(ips.into_iter().map(|ip| (ip, port).into()).collect())
}

fn elsewhere() -> Error {
    refused(
        "the sandbox notifies servers of this machine alone: write the URL as \
         http://127.0.0.1:port/path, http://[::1]:port/path or http://localhost:port/path",
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
    fn only_this_machine_is_notified() {
        for (url, first) in [
            ("http://127.0.0.1:81/n?a=b", "127.0.0.1:81"),
            ("http://127.9.9.9/", "127.9.9.9:80"),
            ("http://[::1]:81", "[::1]:81"),
            ("http://LocalHost:81/n", "127.0.0.1:81"),
        ] {
            let (_, addresses) = target(url).unwrap();
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
            "http://[::ffff:10.0.0.1]/n",
        ] {
            let err = target(url).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder, "{url}");
        }
    }
}
