//! The classes above the exceptions of an application that no file declares: those of PHP, Guzzle and the SDK.

/// The exceptions of PHP, Guzzle and the SDK that are made of a message, a code and an exception before.
const OF_PHP: [&str; 26] = [
    "argumentcounterror",
    "arithmeticerror",
    "assertionerror",
    "badfunctioncallexception",
    "badmethodcallexception",
    "divisionbyzeroerror",
    "domainexception",
    "error",
    "exception",
    "guzzlehttp\\exception\\invalidargumentexception",
    "guzzlehttp\\exception\\transferexception",
    "invalidargumentexception",
    "jsonexception",
    "lengthexception",
    "logicexception",
    "outofboundsexception",
    "outofrangeexception",
    "overflowexception",
    "rangeexception",
    "runtimeexception",
    "typeerror",
    "underflowexception",
    "unexpectedvalueexception",
    "unhandledmatcherror",
    "valueerror",
    "wechatpay\\exception\\invalidargumentexception",
];

/// The constructor of the topmost class of an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// That of `Exception` and `Error`.
    Php,
    /// That of `ErrorException`.
    ErrorException,
    /// Those of Guzzle, which take a request and a response behind the message.
    Guzzles,
    /// Nothing is known of it.
    Unknown,
}

/// A parameter of a constructor of PHP: its name and its type.
type Param = (&'static str, &'static str);

impl Root {
    pub(crate) fn of(path: &str) -> Self {
        let path = path.trim_start_matches('\\').to_ascii_lowercase();
        if OF_PHP.contains(&&*path) {
            return Self::Php;
        }
        if path == "errorexception" {
            return Self::ErrorException;
        }
        match path.strip_prefix("guzzlehttp\\exception\\") {
            Some(name) if name != "guzzleexception" => Self::Guzzles,
            _ => Self::Unknown,
        }
    }

    /// The parameters of the constructor, where it makes an exception of nothing else.
    pub(super) fn params(self) -> Option<&'static [Param]> {
        match self {
            Self::Php => Some(&[
                ("message", "string"),
                ("code", "int"),
                ("previous", "?Throwable"),
            ]),
            Self::ErrorException => Some(&[
                ("message", "string"),
                ("code", "int"),
                ("severity", "int"),
                ("filename", "?string"),
                ("line", "?int"),
                ("previous", "?Throwable"),
            ]),
            Self::Guzzles | Self::Unknown => None,
        }
    }
}

/// The classes and interfaces above an exception of Guzzle or the SDK that `Thrown` does not know.
pub(super) fn above(path: &str) -> &'static [&'static str] {
    match path.to_ascii_lowercase().as_str() {
        "guzzlehttp\\exception\\invalidargumentexception" => &[
            "InvalidArgumentException",
            "GuzzleHttp\\Exception\\GuzzleException",
        ],
        "wechatpay\\exception\\invalidargumentexception" => &[
            "InvalidArgumentException",
            "WeChatPay\\Exception\\WeChatPayException",
        ],
        _ => &[],
    }
}
