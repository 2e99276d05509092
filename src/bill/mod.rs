//! Downloads bills: requests, follows, checks, unzips and reads them.
//!
//! ```no_run
//! # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
//! use wechatpay_chain::bill::{Rows, Summary};
//!
//! let file = client
//!     .bill("v3/bill/tradebill")
//!     .query("bill_date", "2024-01-01")
//!     .query("tar_type", "GZIP")
//!     .download("2024-01-01.csv")
//!     .await?;
//! let mut rows = Rows::open(file.path())?;
//! let mut summary = Summary::new(&rows);
//! for row in rows.by_ref() {
//!     let row = row?;
//!     summary.add(&row)?;
//!     println!("{:?} {}", row.get("商户订单号"), row.fen("订单金额")?);
//! }
//! summary.check(&rows)?;
//! # Ok(()) }
//! ```

mod lines;
mod parts;
mod rows;
#[cfg(test)]
mod rows_tests;
mod summary;
mod ticket;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::call::{Call, Pending};
use crate::chain::IntoPath;
use crate::client::Client;
use crate::download::Download;
use crate::message::{Progress, SavedFile};
use crate::sink;
pub use rows::{Row, Rows};
pub use summary::Summary;
use ticket::{Ticket, tickets};

/// A bill to download; created by [`Client::bill`].
#[must_use = "nothing happens until download() is awaited, or waited for with .wait()"]
pub struct Bill {
    client: Client,
    call: Call,
    wanted: Wanted,
}

/// The options of the caller.
#[derive(Default, Clone)]
struct Wanted {
    zipped: bool,
    timeout: Option<Duration>,
    max_bytes: Option<u64>,
    progress: Option<Progress>,
}

impl Client {
    /// Downloads a bill: `v3/bill/tradebill`, `v3/bill/fundflowbill`,
    /// `v3/profitsharing/bills` and every other operation that answers with a `download_url`.
    ///
    /// The bills of `v3/ecommerce/bill/fundflowbill` and `v3/bill/sub-merchant-fundflowbill` are encrypted: request them with
    /// `algorithm` `AEAD_AES_256_GCM`, or with the feature `sm` `SM4_GCM`. For `v3/payscore/merchant-bill` the parameter is
    /// `encryption_algorithm`. WeChat Pay splits long bills (from about 16 GB) into several files, which are joined.
    pub fn bill(&self, path: impl IntoPath) -> Bill {
        let mut wanted = Wanted::default();
        let call = self.chain(path).get(());
        Bill {
            client: self.clone(),
            call: call.edit(|plan| wanted.zipped = asks_for_gzip(&plan.template)),
            wanted,
        }
    }
}

impl Bill {
    /// Adds a query parameter. With `tar_type` `GZIP` the bill is transferred zipped and unzipped locally.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        if name == "tar_type" {
            let tar_type = value.as_str().unwrap_or_default();
            self.wanted.zipped = tar_type.eq_ignore_ascii_case("GZIP");
        }
        self.call = self.call.query(name, value);
        self
    }

    /// Sets a variable of the path template.
    pub fn var(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.call = self.call.var(name, value);
        self
    }

    /// Sets a header of the request for the bill.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.call = self.call.header(name, value);
        self
    }

    /// Limits the request for the bill, the beginning of the download and every pause in it.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.call = self.call.timeout(limit);
        self.wanted.timeout = Some(limit);
        self
    }

    /// Aborts a bill that is longer than this many bytes, unzipped; 4 GiB by default.
    pub fn max_bytes(mut self, limit: u64) -> Self {
        self.wanted.max_bytes = Some(limit);
        self
    }

    /// Calls `progress` with the number of bytes received and the total, if the answer has a length. The total of a bill
    /// of several files is unknown.
    pub fn on_progress(
        mut self,
        progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static,
    ) -> Self {
        self.wanted.progress = Some(Arc::new(progress));
        self
    }

    /// Requests the bill, follows its `download_url`, decrypts it, unzips it, checks its digest and
    /// writes it to `path` atomically, as [`Download`] does.
    ///
    /// A bill whose answer has no `hash_value` is accepted; [`SavedFile::is_checked`] tells. The files of a bill are
    /// downloaded at the same time, since their URLs expire after 5 minutes, and joined in the order of `bill_sequence`.
    /// Until then the parts are beside the target.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`](crate::ErrorKind::Body) when the answer has no file, or not all files of the bill;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for an unknown digest or encryption; and all errors of [`Call::sink`](crate::Call::sink). After the first
    /// answer, [`Error::maybe_sent`](crate::Error::maybe_sent) is always true: the request for the bill was sent.
    pub fn download(self, path: impl Into<PathBuf>) -> Pending<SavedFile> {
        let path = path.into();
        Pending::new(async move {
            let Self {
                client,
                call,
                wanted,
            } = self;
            // An unwritable target is an error before the bill is requested.
            sink::check_target(path.clone()).await?;
            let answer = call.run().await?;
            let file = async {
                let mut tickets = tickets(&answer)?;
                match (tickets.pop(), tickets.is_empty()) {
                    (Some(ticket), true) => wanted.file(&client, ticket, path).run().await,
                    (last, _) => {
                        tickets.extend(last);
                        parts::download(&client, wanted, tickets, path).await
                    }
                }
            };
            // The request for the bill was sent in any case.
            file.await.map_err(|err| err.with_maybe_sent(true))
        })
    }
}

impl Wanted {
    fn file(self, client: &Client, ticket: Ticket, path: PathBuf) -> Download {
        let mut call = client.get_url(ticket.url);
        if let Some(limit) = self.timeout {
            call = call.timeout(limit);
        }
        let mut download = call.sink(path);
        if let Some((kind, hex)) = ticket.digest {
            download = download.expect_digest(kind, hex);
        }
        if let Some((key, nonce)) = ticket.seal {
            download = download.unseal(key, nonce);
        }
        if self.zipped {
            download = download.gunzip();
        }
        if let Some(limit) = self.max_bytes {
            download = download.max_bytes(limit);
        }
        if let Some(progress) = self.progress {
            download = download.on_progress(move |done, total| progress(done, total));
        }
        download
    }
}

/// Whether a path's own query has `tar_type=GZIP`.
fn asks_for_gzip(path: &str) -> bool {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = query.split('&');
    pairs.any(|pair| pair.eq_ignore_ascii_case("tar_type=GZIP"))
}

impl fmt::Debug for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bill")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
