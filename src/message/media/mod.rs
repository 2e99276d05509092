//! Files to upload, as described by the caller. `prepare` turns them into a body.

mod body;
mod check;
mod layout;
mod reader;
mod source;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::io::AsyncRead;

pub(crate) use body::Failure;
pub use layout::Upload;
use source::Source;

use wechatpay_core::crypto::digest::DigestKind;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A file to upload: the body of `post` for operations that take `multipart/form-data`.
///
/// The signature covers its `meta`, `{"filename": …, "sha256": …}`, which is computed unless
/// [`meta`](Self::meta) or [`meta_with`](Self::meta_with) replaces it. The file is streamed with a known
/// length; neither hashing nor sending it loads it into memory. A retry sends it again.
///
/// ```no_run
/// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// use wechatpay_chain::Media;
///
/// let res = client
///     .chain("v3/merchant/media/upload")
///     .post(Media::from_path("license.jpg")?, ())
///     .await?;
/// println!("{}", res["media_id"]);
/// # Ok(()) }
/// ```
///
/// APIv2's `secapi/mch/uploadmedia` takes the same type; its `media_hash` and `sign` are
/// computed, and `meta` may add fields.
///
/// Sources: WeChat Pay documents "图片上传" and "如何计算签名值" (uploads), RFC 7578.
#[derive(Clone)]
#[must_use = "a file does nothing until it is given to post"]
pub struct Media {
    part: Cow<'static, str>,
    name: String,
    content_type: Option<Cow<'static, str>>,
    source: Source,
    meta: Meta,
    /// Members that are added to the `meta`.
    fields: Map<String, Value>,
    others: Vec<Self>,
    progress: Option<Progress>,
}

/// Called with the number of the file's bytes handed to the connection, and the file's length.
type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

type MakeMeta = Arc<dyn Fn(&str, &str) -> Value + Send + Sync>;

#[derive(Clone)]
enum Meta {
    /// The members `filename` and `sha256`.
    Usual,
    Computed(MakeMeta),
    Given(Value),
}

impl Media {
    /// Uploads a file on disk.
    ///
    /// It is read when the call is made, and again for every retry.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when the path does not exist or is not a file, or its name is not UTF-8.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let source = Source::path(path)?;
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| {
            Error::new(
                ErrorKind::File,
                "the file's name is not UTF-8: read it yourself and give Media::from_bytes a name",
            )
        })?;
        Ok(Self::new(name.to_owned(), source))
    }

    /// Uploads a file in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(name.into(), Source::bytes(bytes.into()))
    }

    /// Uploads `len` bytes from a reader.
    ///
    /// The digest precedes the file, and a reader can be read only once. With [`sha256`](Self::sha256) the file
    /// is sent straight from the reader and checked on the way; such a body cannot be sent again. Without it
    /// the file is first written to a temporary file, which needs the feature `files`.
    pub fn from_reader(
        name: impl Into<String>,
        len: u64,
        reader: impl AsyncRead + Send + 'static,
    ) -> Self {
        Self::new(name.into(), Source::reader(len, Box::pin(reader)))
    }

    fn new(name: String, source: Source) -> Self {
        Self {
            part: Cow::Borrowed("file"),
            name,
            content_type: None,
            source,
            meta: Meta::Usual,
            fields: Map::new(),
            others: Vec::new(),
            progress: None,
        }
    }

    /// Overrides the file name. The media type follows its extension.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Overrides the media type that the extension implies.
    pub fn content_type(mut self, content_type: impl Into<Cow<'static, str>>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Names the part that contains the file; `file` by default, `media` in APIv2.
    pub fn part(mut self, part: impl Into<Cow<'static, str>>) -> Self {
        self.part = part.into();
        self
    }

    /// Adds another file in a separate part, under that file's part name. Its `meta` is not sent.
    pub fn and(mut self, other: Self) -> Self {
        self.others.push(other);
        self
    }

    /// Sets the file's SHA-256, 64 hex digits, which saves reading the file twice.
    ///
    /// The bytes are checked against it while they are sent, and the body is aborted if they do not match. A
    /// malformed digest fails the call with [`ErrorKind::Request`].
    pub fn sha256(mut self, hex: impl Into<String>) -> Self {
        self.source.expect(hex.into());
        self
    }

    /// Replaces the usual `meta` with exactly these members; [`meta_field`](Self::meta_field) still
    /// adds to it.
    ///
    /// Sensitive fields in it are encrypted as the catalog says.
    pub fn meta(mut self, meta: impl Into<Value>) -> Self {
        self.meta = Meta::Given(meta.into());
        self
    }

    /// Adds a member to the `meta` or replaces its value. It applies to the usual `meta` and to that of
    /// [`meta`](Self::meta) or [`meta_with`](Self::meta_with), in any order of the calls.
    ///
    /// If the `meta` is not an object, the call fails with [`ErrorKind::Request`].
    pub fn meta_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// Builds the `meta` from the file's name and its SHA-256.
    ///
    /// APIv2 has no `meta`: there the call fails with [`ErrorKind::Request`].
    ///
    /// ```
    /// use serde_json::json;
    /// use wechatpay_chain::Media;
    ///
    /// let media = Media::from_bytes("image.jpg", "…").meta_with(|name, sha256| {
    ///     json!({"file_name": name, "file_digest": sha256, "sub_mchid": "1230001104"})
    /// });
    /// # let _ = media;
    /// ```
    pub fn meta_with(mut self, make: impl Fn(&str, &str) -> Value + Send + Sync + 'static) -> Self {
        self.meta = Meta::Computed(Arc::new(make));
        self
    }

    /// Calls `progress` with the number of bytes passed to the connection and the file's length.
    ///
    /// It is called often, and starts at zero again with every retry.
    pub fn on_progress(mut self, progress: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Whether the file's reader was already consumed.
    pub(crate) fn is_spent(&self) -> bool {
        self.source.is_spent() || self.others.iter().any(Self::is_spent)
    }

    pub(crate) async fn resolve_meta(&mut self) -> Result<&mut Value> {
        let mut meta = match &self.meta {
            Meta::Given(meta) => meta.clone(),
            Meta::Computed(make) => {
                let sha256 = self.source.digest(DigestKind::Sha256).await?;
                make(&self.name, &sha256)
            }
            Meta::Usual => {
                let sha256 = self.source.digest(DigestKind::Sha256).await?;
                json!({"filename": self.name, "sha256": sha256})
            }
        };
        add(std::mem::take(&mut self.fields), &mut meta)?;
        self.meta = Meta::Given(meta);
        match &mut self.meta {
            Meta::Given(meta) => Ok(meta),
            // Unreachable: `resolve_meta` above has set the meta.
            _ => Err(Error::new(ErrorKind::Request, "the upload has no meta")),
        }
    }

    /// Returns the MD5 of the file in 32 lower-case hex digits, and the members of the caller's `meta`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when the `meta` is not an object, or would be built from a SHA-256.
    pub(crate) async fn v2_fields(&mut self) -> Result<(String, Map<String, Value>)> {
        let mut given = match &self.meta {
            Meta::Usual => Value::Object(Map::new()),
            Meta::Given(meta) => meta.clone(),
            Meta::Computed(_) => return Err(no_v2_meta()),
        };
        add(self.fields.clone(), &mut given)?;
        let Value::Object(fields) = given else {
            return Err(not_an_object());
        };
        let md5 = self.source.digest(DigestKind::Md5).await?;
        Ok((md5, fields))
    }

    /// Lays out an APIv3 upload: the `meta`, then the files.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when a name cannot be written into a header, [`ErrorKind::File`] when
    /// a file cannot be read.
    pub(crate) async fn into_upload(mut self) -> Result<Upload> {
        let meta = self.resolve_meta().await?;
        let meta = serde_json::to_vec(meta).map_err(|err| {
            Error::new(ErrorKind::Request, "the meta does not serialise").with_source(err)
        })?;
        layout::Form::new()?.meta(meta.into()).files(self).await
    }

    /// Lays out an APIv2 upload: the fields, then the file.
    ///
    /// # Errors
    ///
    /// The errors of [`into_upload`](Self::into_upload).
    pub(crate) async fn into_v2_upload(mut self, fields: &[(String, String)]) -> Result<Upload> {
        if self.part == "file" {
            self.part = Cow::Borrowed("media");
        }
        let form = layout::Form::new()?;
        fields
            .iter()
            .try_fold(form, |form, (name, text)| form.field(name, text))?
            .files(self)
            .await
    }
}

/// Adds members to a `meta`.
fn add(fields: Map<String, Value>, meta: &mut Value) -> Result<()> {
    match meta {
        Value::Object(members) => members.extend(fields),
        _ if fields.is_empty() => {}
        _ => return Err(not_an_object()),
    }
    Ok(())
}

fn not_an_object() -> Error {
    Error::new(
        ErrorKind::Request,
        "the upload's meta is not a JSON object, so no fields can be added to it; nothing was sent",
    )
}

fn no_v2_meta() -> Error {
    Error::new(
        ErrorKind::Request,
        "an APIv2 upload has no meta that meta_with could make: add fields to it with meta or \
         meta_field; nothing was sent",
    )
}

/// Shows only part and length: names and contents are confidential.
impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("part", &self.part)
            .field("len", &self.source.len())
            .finish_non_exhaustive()
    }
}
