use std::sync::OnceLock;
use std::time::Duration;

use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_openssl::client::legacy::HttpsConnector;
use hyper_util::client::legacy::{Client, Error as HyperError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::blocking;
use super::connect::{Bounded, Connector};
use super::framing;
use super::idle::Idle;
use super::proxy::Proxies;
use super::tls;
use crate::crypto::{Certificate, PrivateKey};
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Body, CallInfo};
use crate::transport::{BoxFuture, Transport};

/// What the default transport can be told.
pub(crate) struct Settings {
    pub(crate) roots: Vec<Certificate>,
    /// What a connection presents when the call asks for it.
    pub(crate) identity: Option<(Certificate, PrivateKey)>,
    pub(crate) proxies: Proxies,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    /// How long an answer's next piece may take.
    pub(crate) read_timeout: Option<Duration>,
}

/// hyper's client. Pools are made when first used: plain HTTP never pays for TLS, and building a
/// client needs no runtime.
pub(crate) struct HyperTransport {
    settings: Settings,
    connector: Connector,
    plain: Lanes<Client<Bounded<Connector>, Body>>,
    anonymous: Tls,
    /// Presents the merchant's certificate; shares neither connections nor sessions with the other.
    identified: Tls,
}

type TlsConnector = Bounded<HttpsConnector<Connector>>;

#[derive(Default)]
struct Tls {
    connector: OnceLock<TlsConnector>,
    clients: Lanes<Client<TlsConnector, Body>>,
}

/// One for each runtime: a connection that the caller parks could not serve another's.
struct Lanes<T> {
    caller: OnceLock<T>,
    background: OnceLock<T>,
}

impl<T> Lanes<T> {
    fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        let lane = match blocking::on_lane() {
            true => &self.background,
            false => &self.caller,
        };
        lane.get_or_init(make)
    }
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self {
            caller: OnceLock::new(),
            background: OnceLock::new(),
        }
    }
}

impl HyperTransport {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            connector: Connector::new(settings.proxies.clone(), settings.connect_timeout),
            plain: Lanes::default(),
            anonymous: Tls::default(),
            identified: Tls::default(),
            settings,
        }
    }

    fn plain(&self) -> &Client<Bounded<Connector>, Body> {
        let limit = self.settings.connect_timeout;
        self.plain
            .get_or_init(|| self.client(Bounded::new(self.connector.clone(), limit)))
    }

    fn tls(&self, identified: bool) -> Result<&Client<TlsConnector, Body>> {
        let tls = match identified {
            true => &self.identified,
            false => &self.anonymous,
        };
        // Only what was made is kept: a fault may pass. Two made at once do no harm.
        let connector = match tls.connector.get() {
            Some(connector) => connector,
            None => {
                let made = self.tls_connector(identified)?;
                tls.connector.get_or_init(|| made)
            }
        };
        Ok(tls.clients.get_or_init(|| self.client(connector.clone())))
    }

    fn tls_connector(&self, identified: bool) -> Result<TlsConnector> {
        let identity = self.settings.identity.as_ref().filter(|_| identified);
        let builder = tls::connector(&self.settings.roots, identity)?;
        let mut connector = HttpsConnector::with_connector(self.connector.clone(), builder)
            .map_err(|err| {
                Error::new(ErrorKind::Connect, "TLS could not be set up").with_source(err)
            })?;
        connector.set_callback(tls::verify_ipv6);
        Ok(Bounded::new(connector, self.settings.connect_timeout))
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
            .pool_idle_timeout(self.settings.idle_timeout)
            // One connection carries all calls: it has to be noticed when it is dead.
            .http2_keep_alive_interval(Duration::from_secs(15))
            .http2_keep_alive_timeout(Duration::from_secs(5))
            // As the documentation spells them; some gateways' logs and filters care.
            .http1_title_case_headers(true);
        builder.build(connector)
    }

    /// A proxy that reads the request itself wants its own credentials in it.
    fn add_proxy_authorization(&self, request: &mut Request<Body>) {
        if let Some(proxies) = &self.settings.proxies
            && let Some(proxy) = proxies.intercept(request.uri())
            && let Some(auth) = proxy.basic_auth()
        {
            let headers = request.headers_mut();
            headers.insert(PROXY_AUTHORIZATION, auth.clone());
        }
    }
}

impl Transport for HyperTransport {
    fn send(&self, mut request: Request<Body>) -> BoxFuture<'static, Result<Response<Body>>> {
        let identified = request
            .extensions()
            .get::<CallInfo>()
            .is_some_and(CallInfo::presents_certificate);
        // Whatever the scheme: a plain connection cannot present it either.
        if identified && self.settings.identity.is_none() {
            return Box::pin(async { Err(no_identity()) });
        }
        let idle = self.settings.read_timeout;
        let sent = if request.uri().scheme() == Some(&Scheme::HTTPS) {
            match self.tls(identified) {
                Ok(client) => client.request(request),
                Err(err) => return Box::pin(async { Err(err) }),
            }
        } else {
            self.add_proxy_authorization(&mut request);
            self.plain().request(request)
        };
        Box::pin(async move {
            match sent.await {
                Ok(response) => Ok(answer(response, idle)),
                Err(err) => Err(error(err)),
            }
        })
    }
}

fn answer(response: Response<Incoming>, idle: Option<Duration>) -> Response<Body> {
    let end = framing::end(&response);
    response.map(|body| Body::stream(Idle::new(body, idle)).with_end(end))
}

fn no_identity() -> Error {
    Error::new(
        ErrorKind::Request,
        "this call has to present the merchant's certificate and nothing was sent: build the client \
         with both certificate(..) and private_key(..), from apiclient_cert.pem and \
         apiclient_key.pem or apiclient_cert.p12; or say .security(false) where it needs none",
    )
}

fn error(err: HyperError) -> Error {
    if err.is_connect() {
        let message = match tls::is_distrusted(&err) {
            true => {
                "no connection could be made, since the server's certificate is not trusted; nothing was \
                 sent: of a gateway of your own give its CA to root_certificate(..); of WeChat Pay, \
                 install the system's root certificates (package ca-certificates)"
            }
            false => "no connection to WeChat Pay could be made; nothing was sent",
        };
        Error::new(ErrorKind::Connect, message).with_source(err)
    } else {
        Error::new(
            ErrorKind::Transport,
            "the connection failed after it was made; the request may have been processed, so \
             query before repeating it",
        )
        .with_source(err)
    }
}
