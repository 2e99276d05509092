//! [`Settings`] in any format of serde. By hand: deriving it makes every user compile `syn`.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Settings;

macro_rules! members {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        #[allow(non_camel_case_types, reason = "these are the names of the members")]
        enum Name {
            $($name,)*
        }

        impl Name {
            fn known(text: &str) -> Option<Self> {
                match text {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        /// Without a new member, this does not compile.
        #[cfg(test)]
        fn set_members(settings: &Settings) -> Vec<&'static str> {
            let Settings { $($name),* } = settings;
            let mut set = Vec::new();
            $(if $name.is_some() {
                set.push(stringify!($name));
            })*
            set
        }

        impl<'de> Visitor<'de> for Members {
            type Value = Settings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("struct Settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
                let mut settings = Settings::default();
                $(let mut $name = false;)*
                while let Some(name) = map.next_key()? {
                    match name {
                        $(Name::$name => {
                            if std::mem::replace(&mut $name, true) {
                                return Err(A::Error::duplicate_field(stringify!($name)));
                            }
                            settings.$name = map.next_value()?;
                        })*
                    }
                }
                Ok(settings)
            }
        }
    };
}

members! {
    mchid brand_id serial private_key certificate passphrase_file platform_key_id platform_key
    platform_certificate apiv3_key_file v2_key_file base_url ca proxy timeout connect_timeout
    read_timeout idle_timeout pool_max_idle tcp_keepalive http2 apiv3_key v2_key passphrase
}

struct Members;

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Settings", NAMES, Members)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
        // The format adds the place of an error in the name.
        Name::known(text).ok_or_else(|| E::unknown_field(text, NAMES))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(text: &str) -> String {
        let read = serde_json::from_str::<Settings>(text);
        read.err().map(|err| err.to_string()).unwrap_or_default()
    }

    #[test]
    fn each_name_is_read_into_its_member() {
        for name in NAMES {
            let value = match *name {
                "http2" => json!(true),
                "pool_max_idle" => json!(3),
                "timeout" | "connect_timeout" | "read_timeout" | "idle_timeout"
                | "tcp_keepalive" => json!(1.5),
                _ => json!("a"),
            };
            let settings: Settings = serde_json::from_value(json!({*name: value})).unwrap();
            assert_eq!(set_members(&settings), [*name]);
        }
    }

    #[test]
    fn unknown_and_repeated_names_are_rejected() {
        assert!(
            error(r#"{"mch_id": "1"}"#)
                .starts_with("unknown field `mch_id`, expected one of `mchid`")
        );
        assert!(error(r#"{"mchid": "1", "mchid": "2"}"#).starts_with("duplicate field `mchid`"));
        assert_eq!(error(r#"{"mchid": null}"#), "");
    }
}
