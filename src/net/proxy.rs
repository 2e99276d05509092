use std::sync::Arc;

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::error::{Error, ErrorKind, Result};

/// Hosts that only a proxy for everything would be for.
const PROBES: [&str; 2] = ["https://probe.invalid/", "http://probe.invalid/"];

/// What goes through which proxy; `None` when nothing does, so that calls need not ask.
pub(crate) type Proxies = Option<Arc<Matcher>>;

/// Which proxy is used.
#[derive(Default)]
pub(crate) enum Proxy {
    /// What `HTTPS_PROXY` and its kin say.
    #[default]
    Environment,
    None,
    All(String),
}

impl Proxy {
    /// The table of what goes through which proxy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] for a URL that is none.
    pub(crate) fn proxies(self) -> Result<Proxies> {
        let matcher = self.matcher()?;
        let used = PROBES.iter().any(|probe| {
            let uri = Uri::from_static(probe);
            matcher.intercept(&uri).is_some()
        });
        Ok(used.then(|| Arc::new(matcher)))
    }

    fn matcher(self) -> Result<Matcher> {
        match self {
            Self::Environment => Ok(Matcher::from_env()),
            Self::None => Ok(Matcher::builder().build()),
            Self::All(url) => {
                let matcher = Matcher::builder().all(url).build();
                let probe = Uri::from_static(PROBES[0]);
                // An unusable URL leaves the matcher empty, and calls would silently go direct.
                let usable = |proxy: Intercept| proxy.uri().scheme() == Some(&Scheme::HTTP);
                if !matcher.intercept(&probe).is_some_and(usable) {
                    return Err(Error::new(
                        ErrorKind::Builder,
                        "the proxy's URL is malformed: write it as http://host:port",
                    ));
                }
                Ok(matcher)
            }
        }
    }
}
