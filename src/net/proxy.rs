use std::sync::Arc;

use http::uri::Scheme;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::error::{Error, ErrorKind, Result};

/// What goes through which proxy.
pub(crate) type Proxies = Arc<Matcher>;

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
        self.matcher().map(Arc::new)
    }

    fn matcher(self) -> Result<Matcher> {
        match self {
            Self::Environment => Ok(Matcher::from_env()),
            Self::None => Ok(Matcher::builder().build()),
            Self::All(url) => {
                let matcher = Matcher::builder().all(url).build();
                let probe = http::Uri::from_static("https://api.mch.weixin.qq.com/");
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
