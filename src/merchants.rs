//! Many merchants in one program: a registry of clients that share connections.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::builder::ClientBuilder;
use crate::client::Client;
use crate::keys::Merchant;
use crate::net::HttpTransport;
use wechatpay_core::crypto::PrivateKey;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::KeyOrigin;
use wechatpay_core::secret::Secret;

/// The clients of many merchants, found by merchant id, sub-merchant id or appid.
///
/// They share connections, TLS settings and resolved names, but not keys, nor connections that
/// present a merchant's certificate. Merchants can be added, replaced and removed while calls are made; clones
/// share everything.
///
/// ```
/// use wechatpay_chain::{Account, Client, ClientBuilder, Merchants, Result};
///
/// fn registry(one: ClientBuilder, provider: ClientBuilder) -> Result<Merchants> {
///     let merchants = Merchants::new()?;
///     merchants.add(one)?;
///     // A service provider (服务商) calls for its sub-merchants.
///     merchants.add(Account::new(provider).sub_mchid("1900000201").appid("wxd678efh567hg6787"))?;
///     Ok(merchants)
/// }
///
/// fn client_of(merchants: &Merchants, mchid: &str) -> Option<Client> {
///     merchants.get(mchid).or_else(|| merchants.by_sub_mchid(mchid))
/// }
/// ```
#[derive(Clone)]
pub struct Merchants {
    shared: Arc<Shared>,
}

struct Shared {
    transport: HttpTransport,
    table: RwLock<Table>,
}

#[derive(Default)]
struct Table {
    entries: HashMap<Arc<str>, Arc<Entry>>,
    sub_mchids: HashMap<String, Arc<str>>,
    appids: HashMap<String, Arc<str>>,
    /// The number of entries created so far.
    made: u64,
}

/// The current state of a merchant in the registry.
pub(crate) struct Entry {
    pub(crate) id: Arc<str>,
    pub(crate) client: Client,
    /// A number that is unique to this entry.
    pub(crate) version: u64,
    pub(crate) old: OldKeys,
    names: Names,
}

/// The replaced keys: pending notifications may still be signed with them, or encrypted with them or to them.
#[derive(Clone, Default)]
pub(crate) struct OldKeys {
    pub(crate) apiv3: Option<Secret>,
    pub(crate) v2: Option<Secret>,
    pub(crate) private: Option<PrivateKey>,
}

#[derive(Clone, Default)]
struct Names {
    sub_mchids: Vec<String>,
    appids: Vec<String>,
}

/// A merchant to add to a registry: the settings of its client, and the names by which it is found.
#[must_use = "give it to Merchants::add"]
pub struct Account {
    builder: ClientBuilder,
    names: Names,
}

impl Account {
    /// Creates an account that is found by its merchant id.
    pub fn new(builder: ClientBuilder) -> Self {
        Self {
            builder,
            names: Names::default(),
        }
    }

    /// Adds a sub-merchant (子商户号) that this merchant calls for.
    pub fn sub_mchid(mut self, id: impl Into<String>) -> Self {
        self.names.sub_mchids.push(id.into());
        self
    }

    /// Adds an appid that finds this merchant.
    ///
    /// An appid may be bound to several merchants; give it only to the merchant that it should find.
    pub fn appid(mut self, id: impl Into<String>) -> Self {
        self.names.appids.push(id.into());
        self
    }
}

impl From<ClientBuilder> for Account {
    fn from(builder: ClientBuilder) -> Self {
        Self::new(builder)
    }
}

impl Merchants {
    /// Creates an empty registry with a default transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the environment names a proxy that cannot be used.
    pub fn new() -> Result<Self> {
        Ok(Self::with_transport(HttpTransport::builder().build()?))
    }

    /// Creates an empty registry whose clients share this transport.
    #[must_use]
    pub fn with_transport(transport: HttpTransport) -> Self {
        Self {
            shared: Arc::new(Shared {
                transport,
                table: RwLock::default(),
            }),
        }
    }

    /// Adds a merchant and returns its client.
    ///
    /// A builder with a transport keeps that transport.
    ///
    /// # Errors
    ///
    /// The errors of [`ClientBuilder::build`], and [`ErrorKind::Builder`] if the merchant already exists or a name belongs
    /// to another merchant.
    pub fn add(&self, account: impl Into<Account>) -> Result<Client> {
        let Account { builder, names } = account.into();
        let client = self.build(builder)?;
        let mut table = self.write();
        let id = id_of(&client);
        if table.entries.contains_key(&id) {
            return Err(wrong(format!(
                "the merchant {id} is already in the registry: use replace(..)"
            )));
        }
        table.check(&id, &names)?;
        table.put(id, client.clone(), names, OldKeys::default());
        Ok(client)
    }

    /// Replaces a merchant's client, for example after a change of keys, and returns the new one.
    ///
    /// Calls in flight finish with the old client. If the new account has no names, it keeps the old ones.
    /// Notifications that need a replaced APIv3 key, APIv2 key or private key are accepted until the same key is replaced
    /// again. If a key was stolen, [`remove`](Self::remove) the merchant and add it again.
    ///
    /// # Errors
    ///
    /// The errors of [`add`](Self::add), and [`ErrorKind::Builder`] if the merchant does not exist.
    pub fn replace(&self, account: impl Into<Account>) -> Result<Client> {
        let Account { builder, mut names } = account.into();
        let client = self.build(builder)?;
        let mut table = self.write();
        let id = id_of(&client);
        let Some(old) = table.entries.get(&id).cloned() else {
            return Err(wrong(format!(
                "the merchant {id} is not in the registry: use add(..)"
            )));
        };
        if names.sub_mchids.is_empty() && names.appids.is_empty() {
            names = old.names.clone();
        }
        table.check(&id, &names)?;
        table.take(&id);
        let keys = OldKeys::after(&old, &client);
        table.put(id, client.clone(), names, keys);
        Ok(client)
    }

    /// Removes a merchant; returns whether it existed. Clones of its client keep working.
    ///
    /// An endpoint of [`notifications`](Self::notifications) forgets its keys, and remembers its handled notifications: if
    /// the merchant is added again, they are not handled again.
    pub fn remove(&self, id: &str) -> bool {
        self.write().take(id)
    }

    /// Returns the client of a merchant id (商户号) or brand id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Client> {
        self.entry(id).map(|entry| entry.client.clone())
    }

    /// Returns the client that calls for a sub-merchant (子商户号).
    #[must_use]
    pub fn by_sub_mchid(&self, id: &str) -> Option<Client> {
        let table = self.read();
        table.found(table.sub_mchids.get(id))
    }

    /// Returns the client that an appid finds.
    #[must_use]
    pub fn by_appid(&self, id: &str) -> Option<Client> {
        let table = self.read();
        table.found(table.appids.get(id))
    }

    /// Returns the ids of all merchants, sorted.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self
            .read()
            .entries
            .keys()
            .map(|id| id.to_string())
            .collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        self.read().entries.get(id).cloned()
    }

    /// Returns at most two merchants with a platform key of this serial: two already mean that it is ambiguous.
    pub(crate) fn with_serial(&self, serial: &str) -> Vec<Arc<Entry>> {
        let table = self.read();
        let has = |entry: &&Arc<Entry>| entry.client.keyring().get(serial).is_some();
        table
            .entries
            .values()
            .filter(has)
            .take(2)
            .cloned()
            .collect()
    }

    /// Whether the keys of another merchant also read a notification that the platform key of this serial signed.
    pub(crate) fn others_read(&self, entry: &Entry, serial: &str) -> bool {
        let platform = entry.client.keyring().get(serial);
        // A certificate signs for all merchants, and another one may not have fetched it yet.
        let is_public = platform.is_some_and(|key| matches!(key.origin(), KeyOrigin::PublicKey));
        let verifies = |other: &Entry| !is_public || other.client.keyring().get(serial).is_some();
        let table = self.read();
        let mut others = (table.entries.values()).filter(|other| other.id != entry.id);
        others.any(|other| other.shares_apiv3_key(entry) && verifies(other))
    }

    fn build(&self, builder: ClientBuilder) -> Result<Client> {
        builder.sharing(&self.shared.transport).build()
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        let table = self.shared.table.read();
        table.unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        let table = self.shared.table.write();
        table.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Whether an id belongs to this merchant or one of its sub-merchants.
    pub(crate) fn owns(&self, id: &str) -> bool {
        *self.id == *id || self.names.sub_mchids.iter().any(|sub| sub == id)
    }

    /// Whether a notification may be decrypted with the keys of both.
    fn shares_apiv3_key(&self, other: &Self) -> bool {
        let has = |key: &Secret| other.apiv3_keys().any(|known| same(known, key));
        self.apiv3_keys().any(has)
    }

    fn apiv3_keys(&self) -> impl Iterator<Item = &Secret> {
        let current = self.client.engine().merchant.apiv3_key.iter();
        current.chain(&self.old.apiv3)
    }
}

impl OldKeys {
    /// The old keys after the replacement of an entry. A key that stays the same keeps its predecessor.
    fn after(entry: &Entry, new: &Client) -> Self {
        fn private(merchant: &Merchant) -> Option<&PrivateKey> {
            merchant.signing.as_ref().map(|signing| &signing.key)
        }
        let (before, now) = (&entry.client.engine().merchant, &new.engine().merchant);
        let old = &entry.old;
        Self {
            apiv3: old_key(&before.apiv3_key, &now.apiv3_key, &old.apiv3),
            v2: old_key(&before.v2_key, &now.v2_key, &old.v2),
            private: predecessor(private(before), private(now), &old.private, |one, other| {
                one.public_key() == other.public_key()
            }),
        }
    }
}

impl Table {
    fn found(&self, id: Option<&Arc<str>>) -> Option<Client> {
        Some(self.entries.get(id?)?.client.clone())
    }

    /// Rejects a name that another merchant has: a name must select one merchant.
    fn check(&self, id: &Arc<str>, names: &Names) -> Result<()> {
        let taken = |known: &HashMap<String, Arc<str>>, given: &[String]| {
            let mut given = given.iter();
            given.find_map(|name| {
                let owner = known.get(name).filter(|owner| *owner != id)?;
                Some((name.clone(), Arc::clone(owner)))
            })
        };
        let sub = taken(&self.sub_mchids, &names.sub_mchids);
        match sub.or_else(|| taken(&self.appids, &names.appids)) {
            None => Ok(()),
            Some((name, owner)) => Err(wrong(format!(
                "{name} already belongs to the merchant {owner}: give it to one of the two"
            ))),
        }
    }

    fn put(&mut self, id: Arc<str>, client: Client, names: Names, old: OldKeys) {
        self.made += 1;
        for name in &names.sub_mchids {
            self.sub_mchids.insert(name.clone(), Arc::clone(&id));
        }
        for name in &names.appids {
            self.appids.insert(name.clone(), Arc::clone(&id));
        }
        let entry = Entry {
            id: Arc::clone(&id),
            client,
            version: self.made,
            old,
            names,
        };
        self.entries.insert(id, Arc::new(entry));
    }

    fn take(&mut self, id: &str) -> bool {
        self.sub_mchids.retain(|_, owner| **owner != *id);
        self.appids.retain(|_, owner| **owner != *id);
        self.entries.remove(id).is_some()
    }
}

fn id_of(client: &Client) -> Arc<str> {
    Arc::clone(client.engine().merchant.id())
}

fn old_key(before: &Option<Secret>, now: &Option<Secret>, old: &Option<Secret>) -> Option<Secret> {
    predecessor(before.as_ref(), now.as_ref(), old, same)
}

fn predecessor<K: Clone>(
    before: Option<&K>,
    now: Option<&K>,
    old: &Option<K>,
    same: impl Fn(&K, &K) -> bool,
) -> Option<K> {
    match before {
        Some(before) if !now.is_some_and(|now| same(before, now)) => Some(before.clone()),
        _ => old.clone(),
    }
}

fn same(one: &Secret, other: &Secret) -> bool {
    one.expose() == other.expose()
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Builder, message.into())
}

impl fmt::Debug for Merchants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.read().entries.len();
        f.debug_struct("Merchants")
            .field("count", &count)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("builder", &self.builder)
            .finish_non_exhaustive()
    }
}
