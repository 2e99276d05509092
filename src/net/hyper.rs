use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Request, Response};
use hyper_openssl::client::legacy::HttpsConnector;
use hyper_util::client::legacy::{Client, Error as HyperError};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::blocking;
use super::connect::{Bounded, Connector};
use super::tls;
use crate::crypto::Certificate;
use crate::error::{Error, ErrorKind, Result};
use crate::message::Body;
use crate::transport::{BoxFuture, Transport};

/// What the default transport can be told.
pub(crate) struct Settings {
    pub(crate) roots: Vec<Certificate>,
    pub(crate) proxies: Matcher,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
}

/// hyper's client. Pools are made when first used: plain HTTP never pays for TLS, and building a
/// client needs no runtime.
pub(crate) struct HyperTransport {
    roots: Vec<Certificate>,
    connector: Connector,
    proxies: Arc<Matcher>,
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    tls: OnceLock<Result<Bounded<HttpsConnector<Connector>>, String>>,
    caller: Pools,
    background: Pools,
}

/// The connections of one runtime: one that the caller parks could not serve another's.
#[derive(Default)]
struct Pools {
    plain: OnceLock<Client<Bounded<Connector>, Body>>,
    tls: OnceLock<Client<Bounded<HttpsConnector<Connector>>, Body>>,
}

impl HyperTransport {
    pub(crate) fn new(settings: Settings) -> Self {
        let proxies = Arc::new(settings.proxies);
        Self {
            roots: settings.roots,
            connector: Connector::new(Arc::clone(&proxies)),
            proxies,
            connect_timeout: settings.connect_timeout,
            idle_timeout: settings.idle_timeout,
            tls: OnceLock::new(),
            caller: Pools::default(),
            background: Pools::default(),
        }
    }

    fn pools(&self) -> &Pools {
        if blocking::on_lane() {
            &self.background
        } else {
            &self.caller
        }
    }

    fn plain(&self) -> &Client<Bounded<Connector>, Body> {
        self.pools()
            .plain
            .get_or_init(|| self.client(Bounded::new(self.connector.clone(), self.connect_timeout)))
    }

    fn tls(&self) -> Result<&Client<Bounded<HttpsConnector<Connector>>, Body>> {
        let made = self.tls.get_or_init(|| {
            self.tls_connector()
                .map(|connector| Bounded::new(connector, self.connect_timeout))
                .map_err(|err| err.report())
        });
        match made {
            Ok(connector) => Ok(self
                .pools()
                .tls
                .get_or_init(|| self.client(connector.clone()))),
            Err(report) => Err(Error::new(ErrorKind::Connect, report.clone())),
        }
    }

    fn tls_connector(&self) -> Result<HttpsConnector<Connector>> {
        let builder = tls::connector(&self.roots)?;
        HttpsConnector::with_connector(self.connector.clone(), builder).map_err(|err| {
            Error::new(ErrorKind::Connect, "TLS could not be set up").with_source(err)
        })
    }

    fn client<C>(&self, connector: C) -> Client<C, Body>
    where
        C: tower_service::Service<http::Uri> + Clone + Send + Sync + 'static,
        C: hyper_util::client::legacy::connect::Connect,
    {
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_timeout)
            // As the documentation spells them; some gateways' logs and filters care.
            .http1_title_case_headers(true);
        builder.build(connector)
    }

    /// A proxy that reads the request itself wants its own credentials in it.
    fn add_proxy_authorization(&self, request: &mut Request<Body>) {
        if let Some(proxy) = self.proxies.intercept(request.uri())
            && let Some(auth) = proxy.basic_auth()
        {
            let headers = request.headers_mut();
            headers.insert(PROXY_AUTHORIZATION, auth.clone());
        }
    }
}

impl Transport for HyperTransport {
    fn send(&self, mut request: Request<Body>) -> BoxFuture<'static, Result<Response<Body>>> {
        let sent = if request.uri().scheme() == Some(&Scheme::HTTPS) {
            match self.tls() {
                Ok(client) => client.request(request),
                Err(err) => return Box::pin(async { Err(err) }),
            }
        } else {
            self.add_proxy_authorization(&mut request);
            self.plain().request(request)
        };
        Box::pin(async move {
            match sent.await {
                Ok(response) => Ok(response.map(Body::stream)),
                Err(err) => Err(error(err)),
            }
        })
    }
}

fn error(err: HyperError) -> Error {
    if err.is_connect() {
        Error::new(
            ErrorKind::Connect,
            "no connection to WeChat Pay could be made; nothing was sent",
        )
        .with_source(err)
    } else {
        Error::new(
            ErrorKind::Transport,
            "the connection failed after it was made; the request may have been processed, so \
             query before repeating it",
        )
        .with_source(err)
    }
}
