//! PHP's values, functions and exceptions, for the Rust code that `wechatpay port` writes.
//!
//! [`Value`] represents PHP's values, the functions behave as PHP's, and [`Thrown`] is a PHP
//! exception: an [`Error`](crate::Error) of this crate becomes the class that the PHP SDK or Guzzle throws.
//!
//! ```
//! use wechatpay_chain::php::{self, Thrown, json};
//! use wechatpay_chain::{Error, ErrorKind};
//!
//! let order = json!({"amount": {"total": "19.99"}});
//! let total = php::mul(&php::get(&php::get(&order, "amount"), "total"), &json!(100))?;
//! assert_eq!(php::int(&total), 1998); // as in PHP: bcmul is for money
//!
//! let timeout = Thrown::from(Error::new(ErrorKind::Timeout, "the call took too long"));
//! assert!(timeout.is("GuzzleHttp\\Exception\\ConnectException"));
//! # Ok::<(), Thrown>(())
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use http::HeaderMap;
pub use wechatpay_chain_php::*;
use wechatpay_core::crypto::base64 as encoding;
pub use wechatpay_core::php::{
    base64, base64_again, base64_decode, base64_encode, base64_of_hex, base64_of_hex2bin, nonce,
    random_base64, random_hex,
};
use wechatpay_core::php::{header_pairs, opens_private, opens_public};
use wechatpay_core::protocol::xml::{decode, is_xml};

use crate::crypto::{aes, digest};
use crate::message::{forbid_reserved, into_headers};
use crate::middleware::{self, Preset, SignedStatus};
use crate::notify::{Notification, Notifications};
use crate::{
    Certificate, Client, ClientBuilder, ErrorKind, PrivateKey, PublicKey, Response, Stack,
};

/// The value of a `static` variable of a function, which one call leaves for the next.
///
/// PHP forgets it with the request, and a process of Rust keeps it. All threads share it.
///
/// ```
/// use wechatpay_chain::php::Kept;
///
/// fn count() -> i64 {
///     static COUNT: Kept<i64> = Kept::new();
///     let count = COUNT.get().unwrap_or(0) + 1;
///     COUNT.set(count);
///     count
/// }
/// assert_eq!((count(), count()), (1, 2));
/// ```
#[derive(Debug)]
pub struct Kept<T>(Mutex<Option<T>>);

impl<T: Clone> Kept<T> {
    /// No value yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// A copy of the value.
    #[must_use]
    pub fn get(&self) -> Option<T> {
        let value = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        value.clone()
    }

    /// Replaces the value.
    pub fn set(&self, value: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(value);
    }
}

impl<T: Clone> Default for Kept<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Clients by the keys of PHP's array, `$this->pool[$mchid]`.
///
/// ```
/// # fn run(client: wechatpay_chain::Client) {
/// use wechatpay_chain::php::Clients;
///
/// let pool = Clients::new();
/// assert!(pool.get("1900000109").is_none());
/// pool.set("1900000109", client);
/// assert!(pool.get(1_900_000_109).is_some()); // PHP's arrays have one key for both
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Clients(Mutex<BTreeMap<String, Client>>);

impl Clients {
    /// No clients.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Client>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client at a key.
    pub fn get(&self, key: impl Key) -> Option<Client> {
        self.all().get(&*key.key()).cloned()
    }

    /// Puts a client at a key, and gives it.
    pub fn set(&self, key: impl Key, client: Client) -> Client {
        self.all().insert(key.key().into_owned(), client.clone());
        client
    }

    /// Takes the client at a key out.
    pub fn remove(&self, key: impl Key) {
        self.all().remove(&*key.key());
    }

    /// Takes all clients out.
    pub fn clear(&self) {
        self.all().clear();
    }
}

impl Clone for Clients {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.all().clone()))
    }
}

/// `$request->header($name)`: null where the request has no such header.
#[must_use]
pub fn header(headers: &HeaderMap, name: &str) -> Value {
    let value = headers.get(name);
    value.map_or(Value::Null, |value| {
        String::from_utf8_lossy(value.as_bytes()).into()
    })
}

/// Reads a notification of APIv3, as PHP code with `Rsa::verify` and `AesGcm::decrypt` does.
///
/// # Errors
/// Those of [`Notifications::parse`]. A message of APIv2 is an error, even if the reader has an APIv2 key: its
/// signature has no time, so an old message would pass.
pub fn notification(
    notifications: &Notifications,
    headers: &HeaderMap,
    body: &[u8],
) -> crate::Result<Notification> {
    if is_xml(body) {
        let message =
            "the notification is of APIv2, and this endpoint accepts only APIv3; do not act on it";
        return Err(crate::Error::new(ErrorKind::Verify, message));
    }
    notifications.parse(headers, body)
}

/// Whether the signature or the time of a notification was not accepted: PHP's `!Rsa::verify(…)`.
#[must_use]
pub fn is_untrusted<T>(outcome: &crate::Result<T>) -> bool {
    let kind = outcome.as_ref().err().map(crate::Error::kind);
    matches!(kind, Some(ErrorKind::Probe | ErrorKind::Verify))
}

/// A notification that was decrypted: PHP's `AesGcm::decrypt(…)`.
///
/// # Errors
/// An `UnexpectedValueException` where it was not.
pub fn opened<T>(outcome: &crate::Result<T>) -> Result<&T> {
    outcome
        .as_ref()
        .map_err(|err| Thrown::new("UnexpectedValueException", err.report()))
}

/// A response as the answer that an exception carries: PHP has one class for both.
///
/// # Errors
/// Those of [`Response::text`].
pub fn answer(response: &Response) -> Result<Answer> {
    Ok(Answer::new(
        response.status().as_u16(),
        header_pairs(response.headers()),
        response.text()?,
    ))
}

/// `$response->getHeaderLine($name)`
#[must_use]
pub fn header_line(response: &Response, name: &str) -> String {
    let values = response.headers().get_all(name).iter();
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(", ")
}

/// `md5($text)`
///
/// # Errors
/// A fault if OpenSSL has no MD5.
pub fn md5(text: &str) -> Result<String> {
    Ok(digest::md5_hex(text.as_bytes())?.to_ascii_lowercase())
}

/// `Hash::md5($text, $key, $agency)`: the key follows the text, unless PHP takes it for false.
///
/// # Errors
/// A fault if OpenSSL has no MD5.
pub fn hash_md5(text: &str, key: &str, agency: bool) -> Result<String> {
    if !truth_of_text(key) {
        return md5(text);
    }
    let name = if agency { "secret" } else { "key" };
    md5(&format!("{text}&{name}={key}"))
}

/// `sha1($text)`
#[must_use]
pub fn sha1(text: &str) -> String {
    digest::sha1_hex(text.as_bytes()).to_ascii_lowercase()
}

/// `hash('sha256', $text)`
#[must_use]
pub fn sha256(text: &str) -> String {
    digest::sha256_hex(text.as_bytes()).to_ascii_lowercase()
}

/// `hash_hmac('sha256', $text, $key)`
///
/// # Errors
/// No errors of PHP.
pub fn hmac_sha256(text: &str, key: &str) -> Result<String> {
    let digest = digest::hmac_sha256_hex(key.as_bytes(), text.as_bytes())?;
    Ok(digest.to_ascii_lowercase())
}

/// `Hash::equals($known, $given)`: in constant time; null equals nothing.
#[must_use]
pub fn hash_equals(known: &str, given: &Value) -> bool {
    !given.is_null() && digest::constant_time_eq(known.as_bytes(), text(given).as_bytes())
}

/// `Transformer::toArray($text)`: empty where the text is no XML.
#[must_use]
pub fn xml_to_array(text: &str) -> Value {
    match decode(text.as_bytes()) {
        Ok(members) if !members.is_empty() => Value::Object(members),
        _ => Value::Array(Vec::new()),
    }
}

/// Reads a private key as PHP's `Rsa::from` does: PEM text, or `file://` and a path.
///
/// # Errors
/// An `UnexpectedValueException` if the source is not a key.
pub fn private_key(source: &str) -> Result<PrivateKey> {
    Ok(PrivateKey::from_bytes(source)?)
}

/// Reads a private key as PHP's `Rsa::from([$source, $passphrase])` does; null is no passphrase.
///
/// # Errors
/// An `UnexpectedValueException` if the source is not a key, or the passphrase is wrong.
pub fn private_key_with(source: &str, passphrase: &Value) -> Result<PrivateKey> {
    if passphrase.is_null() {
        return private_key(source);
    }
    let passphrase = text(passphrase);
    Ok(PrivateKey::from_bytes_with_passphrase(source, passphrase)?)
}

/// Reads a public key as PHP's `Rsa::from` does: PEM text, or `file://` and a path. For a certificate it returns
/// the certificate's key.
///
/// # Errors
/// An `UnexpectedValueException` if the source is not a key.
pub fn public_key(source: &str) -> Result<PublicKey> {
    Ok(PublicKey::from_bytes(source)?)
}

/// `openssl_verify($text, base64_decode($signature), $key, OPENSSL_ALGO_SHA256)`: 1, 0, or false for a key that cannot
/// be read.
///
/// # Errors
/// A fault for a key that PHP reads and WeChat Pay does not take, such as one of an elliptic curve.
pub fn openssl_verify(text: &str, signature: &str, key: &str) -> Result<Value> {
    if !opens_public(key) {
        return Ok(false.into());
    }
    let key = openssl_public_key(key)?;
    Ok(i64::from(key.verify(text.as_bytes(), &base64(signature))).into())
}

/// The base64 of what `openssl_sign($text, $signature, $key, OPENSSL_ALGO_SHA256)` sets; an empty text for a key that
/// cannot be read, as PHP only warns of it.
///
/// # Errors
/// A fault for a key that PHP reads and WeChat Pay does not take, such as one of an elliptic curve.
pub fn openssl_sign(text: &str, key: &str) -> Result<String> {
    if !opens_private(key) {
        return Ok(String::new());
    }
    Ok(openssl_private_key(key)?.sign(text.as_bytes())?)
}

/// Reads a private key as `openssl_sign` and `openssl_private_decrypt` do: PEM text with its line breaks, or `file://`
/// and the path of such a file. [`private_key`] reads more forms.
///
/// # Errors
/// An `UnexpectedValueException` if PHP cannot read the key, and a fault if WeChat Pay does not take it.
pub fn openssl_private_key(source: &str) -> Result<PrivateKey> {
    if !opens_private(source) {
        return Err(unreadable());
    }
    private_key(source).map_err(|thrown| other_key(&thrown))
}

/// Reads a public key as `openssl_verify` and `openssl_public_encrypt` do: PEM text with its line breaks, also of a
/// certificate, or `file://` and the path of such a file. [`public_key`] reads more forms.
///
/// # Errors
/// An `UnexpectedValueException` if PHP cannot read the key, and a fault if WeChat Pay does not take it.
pub fn openssl_public_key(source: &str) -> Result<PublicKey> {
    if !opens_public(source) {
        return Err(unreadable());
    }
    public_key(source).map_err(|thrown| other_key(&thrown))
}

fn unreadable() -> Thrown {
    let message = "the supplied key cannot be coerced into a key";
    Thrown::new("UnexpectedValueException", message)
}

/// PHP goes on with a key that only this crate refuses, so no `catch` of PHP may see the refusal.
fn other_key(thrown: &Thrown) -> Thrown {
    Thrown::fault(thrown.message())
}

/// `openssl_pkey_get_private($source)`: the source, or false if the key cannot be read.
#[must_use]
pub fn private_key_or_false(source: &str) -> Value {
    let key = opens_private(source).then_some(source);
    key.map_or(false.into(), Value::from)
}

/// `openssl_pkey_get_public($source)`: the source, or false if the key cannot be read.
#[must_use]
pub fn public_key_or_false(source: &str) -> Value {
    let key = opens_public(source).then_some(source);
    key.map_or(false.into(), Value::from)
}

/// A plaintext as a text.
///
/// # Errors
/// A fault if it is not UTF-8: a text of Rust cannot hold it.
pub fn decrypted(plain: &[u8]) -> Result<String> {
    let plain = std::str::from_utf8(plain);
    let plain = plain.map_err(|_| Thrown::fault("the decrypted bytes are not UTF-8"))?;
    Ok(plain.to_owned())
}

/// `sodium_crypto_aead_aes256gcm_decrypt(base64_decode($ciphertext), $associatedData, $nonce, $key)`: false for a
/// ciphertext that does not belong to the rest.
///
/// # Errors
/// A `SodiumException` for a nonce that has not 12 bytes and a key that has not 32, and a fault if the plaintext is
/// not UTF-8: a text of Rust cannot hold it.
pub fn sodium_decrypt(
    ciphertext: &str,
    associated_data: &str,
    nonce: &str,
    key: &str,
) -> Result<Value> {
    let wrong = |number: u8, name: &str, size: &str| {
        let function = "sodium_crypto_aead_aes256gcm_decrypt()";
        let constant = format!("SODIUM_CRYPTO_AEAD_AES256GCM_{size}");
        let message =
            format!("{function}: Argument #{number} (${name}) must be {constant} bytes long");
        Thrown::new("SodiumException", message)
    };
    if nonce.len() != 12 {
        return Err(wrong(3, "nonce", "NPUBBYTES"));
    }
    let key: &[u8; 32] = (key.as_bytes().try_into()).map_err(|_| wrong(4, "key", "KEYBYTES"))?;
    let bytes = encoding::decode(&base64(ciphertext)).unwrap_or_default();
    let aad = associated_data.as_bytes();
    let Ok(plain) = aes::gcm_decrypt(key, nonce.as_bytes(), aad, &bytes) else {
        return Ok(false.into());
    };
    Ok(decrypted(&plain)?.into())
}

/// `openssl_decrypt` with aes-256-gcm of a ciphertext that ends in its tag: false for one that does not belong to the rest.
///
/// # Errors
/// A fault for a nonce that has not 12 bytes, and if the plaintext is not UTF-8: a text of Rust cannot hold it.
pub fn openssl_decrypt_gcm(
    ciphertext: &str,
    key: &str,
    nonce: &str,
    associated_data: &str,
) -> Result<Value> {
    if nonce.len() != 12 {
        let message = "`openssl_decrypt` with a nonce that has not 12 bytes";
        return Err(Thrown::fault(message));
    }
    // OpenSSL ends a short key with zeros, and cuts a long one.
    let mut padded = [0; 32];
    let known = key.len().min(32);
    padded[..known].copy_from_slice(&key.as_bytes()[..known]);
    let bytes = encoding::decode(&base64(ciphertext)).unwrap_or_default();
    let aad = associated_data.as_bytes();
    let Ok(plain) = aes::gcm_decrypt(&padded, nonce.as_bytes(), aad, &bytes) else {
        return Ok(false.into());
    };
    Ok(decrypted(&plain)?.into())
}

/// `strlen(base64_decode($text))`
#[must_use]
pub fn base64_length(text: &str) -> i64 {
    let bytes = encoding::decode(&base64(text)).unwrap_or_default();
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// The source of a private key for `Builder::factory($settings)`, if the key can be read.
///
/// # Errors
/// Those of [`private_key`].
pub fn private_key_text(source: &str) -> Result<String> {
    private_key(source)?;
    Ok(source.to_owned())
}

/// The source of a public key or certificate for `Builder::factory($settings)`, if the key can be read.
///
/// # Errors
/// Those of [`public_key`].
pub fn public_key_text(source: &str) -> Result<String> {
    public_key(source)?;
    Ok(source.to_owned())
}

/// The name of a file with `file://`, as PHP's `PemUtil::loadCertificate` reads it.
#[must_use]
pub fn file_url(path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    format!("file://{path}")
}

/// `PemUtil::parseCertificateSerialNo($certificate)`, for a path, `file://` and a path, or PEM text.
///
/// # Errors
/// An `UnexpectedValueException` if the source is not a certificate.
pub fn serial_no(source: &str) -> Result<String> {
    let certificate = if source.contains("-----BEGIN") {
        Certificate::from_bytes(source)?
    } else {
        Certificate::from_file(source)?
    };
    Ok(certificate.serial().to_owned())
}

/// Adds a platform key of PHP's `certs`: an id that begins with `PUB_KEY_ID_` has a public key, any
/// other serial number a certificate, which contains its serial number.
///
/// # Errors
/// An `UnexpectedValueException` if the source is not a key.
pub fn platform(builder: ClientBuilder, id: &str, source: &str) -> Result<ClientBuilder> {
    if id.starts_with("PUB_KEY_ID_") {
        return Ok(builder.platform_key(id, public_key(source)?));
    }
    Ok(builder.platform_certificate(Certificate::from_bytes(source)?))
}

/// `PemUtil::parseCertificateSerialNo($certificate)`, for a certificate that was read before.
///
/// # Errors
/// An `UnexpectedValueException` if the key was not read from a certificate.
pub fn serial_of(key: &PublicKey) -> Result<String> {
    let serial = key.certificate().map(str::to_owned);
    serial.ok_or_else(|| {
        let message =
            "a public key has no serial number: read a certificate (-----BEGIN CERTIFICATE-----)";
        Thrown::new("UnexpectedValueException", message)
    })
}

/// Adds a platform key of PHP's `certs` that was read before: as [`platform`] does for its text.
pub fn platform_key(builder: ClientBuilder, id: &str, key: PublicKey) -> ClientBuilder {
    if let Some(certificate) = Certificate::of_key(&key)
        && !id.starts_with("PUB_KEY_ID_")
    {
        builder.platform_certificate(certificate)
    } else {
        builder.platform_key(id, key)
    }
}

/// Adds the platform keys of PHP's `certs`, each as [`platform`] does.
///
/// # Errors
/// An `UnexpectedValueException` if the source is not a key.
pub fn platforms(builder: ClientBuilder, certs: &Value) -> Result<ClientBuilder> {
    let certs = items(certs).into_iter();
    let mut certs = certs.filter(|(_, source)| !source.is_null());
    certs.try_fold(builder, |builder, (id, source)| {
        platform(builder, &text(&id), &text(&source))
    })
}

/// Adds the settings of PHP's `Builder::factory($settings)`. Keys are PEM text, or `file://` and a path.
///
/// # Errors
/// An `UnexpectedValueException` for a key that cannot be read, an `InvalidArgumentException` for a setting that is not
/// known.
pub fn settings(mut builder: ClientBuilder, settings: &Value) -> Result<ClientBuilder> {
    for (name, value) in items(settings) {
        let name = text(&name);
        // The values that this client behaves by.
        let default = match name.as_str() {
            "http_errors" | "decode_content" => value == Value::Bool(true),
            "verify" => value.is_null() || value == Value::Bool(true),
            "synchronous" | "allow_redirects" | "stream" | "cookies" => !truth(&value),
            // It only prints.
            "debug" => true,
            _ => value.is_null(),
        };
        if !default {
            builder = setting(builder, &name, &value)?;
        }
    }
    Ok(builder)
}

fn setting(builder: ClientBuilder, name: &str, value: &Value) -> Result<ClientBuilder> {
    Ok(match name {
        "mchid" => builder.mchid(text(value)),
        "serial" => builder.serial(text(value)),
        "privateKey" => builder.private_key(private_key(&text(value))?),
        "certs" => platforms(builder, value)?,
        "secret" => builder.v2_key(text(value)),
        "base_uri" => builder.base_url(base_url(&text(value))),
        "proxy" => proxy(builder, value)?,
        "headers" => default_headers(builder, value)?,
        "timeout" => builder.timeout(seconds(value)),
        "connect_timeout" => builder.connect_timeout(seconds(value)),
        "merchant" => match get(value, "cert") {
            Value::Null => builder,
            file => builder.certificate(Certificate::from_file(text(&file))?),
        },
        _ => {
            let message = match name {
                "verify" => {
                    "the setting verify is not true: this client always checks the server's certificate; leave it out, or \
                     trust your own roots with ClientBuilder::root_certificate"
                }
                "http_errors" => {
                    "the setting http_errors is not true: leave it out and use php::without_http_errors"
                }
                _ => {
                    return Err(invalid(format!(
                        "the setting {name} is not known: use Client::builder()"
                    )));
                }
            };
            return Err(invalid(message));
        }
    })
}

/// Adds Guzzle's setting `proxy`: a URL, or an array of them by the schemes of the requests, which all are `https`. An empty
/// URL is no proxy.
///
/// # Errors
/// An `InvalidArgumentException` for a list of hosts without a proxy.
pub fn proxy(builder: ClientBuilder, proxy: &Value) -> Result<ClientBuilder> {
    let url = match proxy {
        Value::Null => return Ok(builder),
        Value::Array(_) | Value::Object(_) if truth(&get(proxy, "no")) => {
            return Err(invalid(
                "the setting proxy has a list of hosts without a proxy: use the variable NO_PROXY",
            ));
        }
        Value::Array(_) | Value::Object(_) => match get(proxy, "https") {
            Value::Null => return Ok(builder),
            url => text(&url),
        },
        url => text(url),
    };
    Ok(match url.as_str() {
        "" => builder.no_proxy(),
        url if url.contains("://") => builder.proxy(url),
        url => builder.proxy(format!("http://{url}")),
    })
}

/// Adds Guzzle's setting `headers`: every request has these headers, unless its call sets them.
///
/// ```
/// use serde_json::json;
/// use wechatpay_chain::{Client, php};
///
/// # fn example() -> php::Result<()> {
/// let headers = json!({"Wechatpay-Serial": "PUB_KEY_ID_0114232134912410000000000000"});
/// let builder = php::default_headers(Client::builder().mchid("1900000109"), &headers)?;
/// # let _ = builder;
/// # Ok(()) }
/// # example().unwrap();
/// ```
///
/// # Errors
/// An `InvalidArgumentException` for what is no array of headers, and for one that only the client may set.
pub fn default_headers(builder: ClientBuilder, headers: &Value) -> Result<ClientBuilder> {
    if !matches!(headers, Value::Array(_) | Value::Object(_)) {
        return Err(invalid("the setting headers is no array"));
    }
    let mut lines = Vec::new();
    for (name, value) in items(headers) {
        let name = text(&name);
        let known = ["Accept", "Content-Type", "User-Agent"];
        if known
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name) && **known != *name)
        {
            // PHP sends it twice.
            let message =
                format!("PHP sends {name} twice: write it as Accept, Content-Type or User-Agent");
            return Err(invalid(message));
        }
        match &value {
            Value::Array(_) | Value::Object(_) => {
                let values = items(&value);
                if values.is_empty() {
                    return Err(invalid(format!("the header {name} has an empty list")));
                }
                forget(&mut lines, &name);
                lines.extend(values.iter().map(|(_, value)| (name.clone(), text(value))));
            }
            value => {
                forget(&mut lines, &name);
                lines.push((name, text(value)));
            }
        }
    }
    let headers = into_headers(lines)?;
    forbid_reserved(&headers)?;
    let headers = Arc::new(headers);
    let preset = |json| Preset {
        headers: Arc::clone(&headers),
        json,
    };
    let (v3, v2) = (preset(true), preset(false));
    let builder = builder.stack(|stack| stack.unshift(PRESET, v3).map(drop));
    Ok(builder.v2_stack(|stack| stack.unshift(PRESET, v2).map(drop)))
}

/// Removes a header: of names that differ in case only, Guzzle sends the last.
fn forget(lines: &mut Vec<(String, String)>, name: &str) {
    lines.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
}

/// The name of the layer that sets the headers of every request.
const PRESET: &str = "headers";

fn invalid(message: impl Into<String>) -> Thrown {
    Thrown::new("InvalidArgumentException", message)
}

/// Edits an APIv3 stack for PHP's `http_errors => false`: an answer that is not 2xx is no error if WeChat Pay signed it.
///
/// PHP's `verifier` checks such an answer too. One that is not signed, such as the page of a proxy, stays an error of the
/// kind [`ErrorKind::Verify`], except on the two paths whose answers PHP does not check.
///
/// ```
/// use wechatpay_chain::{Client, php};
///
/// fn query(client: &Client, no: &str) -> wechatpay_chain::Result<bool> {
///     let client = client.with_stack(php::without_http_errors)?;
///     let order = client.chain(format!("v3/pay/transactions/out-trade-no/{no}"));
///     // Only WeChat Pay can say that there is no such order.
///     Ok(order.get([("mchid", "1900000109")]).wait()?.status() == 404)
/// }
/// ```
///
/// # Errors
/// [`ErrorKind::Stack`] if the stack has no layer `status`.
pub fn without_http_errors(stack: &mut Stack) -> crate::Result<()> {
    stack.replace(middleware::STATUS, SignedStatus).map(drop)
}

/// Rewrites a value in a path as the PHP SDK does: `A` becomes `-a`.
#[must_use]
pub fn path_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Rewrites a whole path as the PHP SDK does: a leading capital needs no `-`.
#[must_use]
pub fn path(text: &str) -> String {
    let rewritten = path_value(text);
    if text.starts_with(|c: char| c.is_ascii_uppercase()) {
        rewritten[1..].to_owned()
    } else {
        rewritten
    }
}

/// Converts a number of seconds as in Guzzle's `timeout`; zero is no limit.
#[must_use]
pub fn seconds(value: &Value) -> std::time::Duration {
    let limit = std::time::Duration::try_from_secs_f64(float(value)).unwrap_or_default();
    if limit.is_zero() {
        std::time::Duration::MAX
    } else {
        limit
    }
}

/// `time()`
#[must_use]
pub fn time() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}
