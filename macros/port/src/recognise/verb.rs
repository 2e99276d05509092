//! The methods that make a call.

/// A verb of the SDK: `getAsync` is `GET`, asynchronously.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verb {
    /// The HTTP method.
    pub method: Method,
    /// With or without `Async`.
    pub mode: Mode,
}

/// The HTTP methods of the SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// How an answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `get`: it is there when the method returns.
    Sync,
    /// `getAsync`: a promise.
    Async,
}

impl Verb {
    /// By the method's name; PHP ignores its case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (verb, mode) = match name.strip_suffix("async") {
            Some(verb) => (verb, Mode::Async),
            None => (&*name, Mode::Sync),
        };
        let method = Method::ALL
            .into_iter()
            .find(|method| method.lower() == verb)?;
        Some(Self { method, mode })
    }
}

impl Method {
    const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As PHP and Rust name it: `get`.
    #[must_use]
    pub fn lower(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }

    /// As HTTP names it: `GET`.
    #[must_use]
    pub fn upper(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl Mode {
    /// As the porter's output names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Async => "async",
        }
    }
}
