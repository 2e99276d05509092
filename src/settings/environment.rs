//! The variables `WECHATPAY_…`.

use std::cell::RefCell;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use strsim::{damerau_levenshtein, levenshtein};

use super::Settings;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

const PREFIX: &str = "WECHATPAY_";

impl Settings {
    /// Reads the settings from the environment: `WECHATPAY_MCHID`, `WECHATPAY_PRIVATE_KEY` and so on, each key of a profile
    /// in upper case. An empty variable counts as unset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] for a variable that is not UTF-8, or not the required number, `true` or `false`, for the
    /// text of a key in place of its file, and for a variable whose name is nearly that of an unset one, such as
    /// `WECHATPAY_MCH_ID`.
    pub fn from_env() -> Result<Self> {
        readable()?;
        let names = std::env::vars_os().filter(|(_, value)| !value.is_empty());
        let names =
            names.filter_map(|(name, _)| Some(name.to_str()?.strip_prefix(PREFIX)?.to_owned()));
        misspelt(&names.collect::<Vec<_>>())?;
        Self::from_variables(|name| std::env::var(format!("{PREFIX}{name}")).ok())
    }

    /// Reads the settings from any source of variables, by their names without `WECHATPAY_`.
    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let text = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| text(name).map(|text| file(name, text)).transpose();
        let secret = |name: &str| text(name).map(Secret::new);
        let seconds = |name: &str| seconds(name, text(name));
        Ok(Self {
            mchid: text("MCHID"),
            brand_id: text("BRAND_ID"),
            serial: text("SERIAL"),
            private_key: path("PRIVATE_KEY")?,
            certificate: path("CERTIFICATE")?,
            passphrase_file: path("PASSPHRASE_FILE")?,
            platform_key_id: text("PLATFORM_KEY_ID"),
            platform_key: path("PLATFORM_KEY")?,
            platform_certificate: path("PLATFORM_CERTIFICATE")?,
            apiv3_key_file: path("APIV3_KEY_FILE")?,
            v2_key_file: path("V2_KEY_FILE")?,
            base_url: text("BASE_URL"),
            ca: path("CA")?,
            proxy: text("PROXY"),
            timeout: seconds("TIMEOUT")?,
            connect_timeout: seconds("CONNECT_TIMEOUT")?,
            read_timeout: seconds("READ_TIMEOUT")?,
            idle_timeout: seconds("IDLE_TIMEOUT")?,
            pool_max_idle: parsed("POOL_MAX_IDLE", text("POOL_MAX_IDLE"), "a number")?,
            tcp_keepalive: seconds("TCP_KEEPALIVE")?,
            http2: parsed("HTTP2", text("HTTP2"), "true or false")?,
            apiv3_key: secret("APIV3_KEY"),
            v2_key: secret("V2_KEY"),
            passphrase: secret("PASSPHRASE"),
        })
    }
}

/// Parses a variable. The error omits the value, since a key may be in the wrong variable.
fn parsed<T: FromStr>(name: &str, text: Option<String>, wanted: &str) -> Result<Option<T>> {
    text.map(|text| text.trim().parse().map_err(|_| wrong(name, wanted)))
        .transpose()
}

fn seconds(name: &str, text: Option<String>) -> Result<Option<f64>> {
    const WANTED: &str = "a number of seconds, at least 0";
    let number = parsed(name, text, WANTED)?;
    match number.map(Duration::try_from_secs_f64) {
        Some(Err(_)) => Err(wrong(name, WANTED)),
        _ => Ok(number),
    }
}

fn wrong(name: &str, wanted: &str) -> Error {
    Error::new(
        ErrorKind::Builder,
        format!("{PREFIX}{name} is not {wanted}"),
    )
}

/// Reads the path of a file. Containers often have a key's text in the variable: it is refused here, where the name of the
/// variable is known. The error omits the value.
fn file(name: &str, text: String) -> Result<PathBuf> {
    if !text.contains("-----BEGIN") {
        return Ok(PathBuf::from(text));
    }
    let message = format!(
        "{PREFIX}{name} has the text of a key or certificate, but must have the path of its file: write the text into a \
         file that only the program can read, and set the variable to the path"
    );
    Err(Error::new(ErrorKind::Builder, message))
}

/// Rejects variables that are not UTF-8: they would count as unset, and another setting would be used.
fn readable() -> Result<()> {
    let ours = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
    let wrong = std::env::vars_os().find(|(name, value)| ours(name) && value.to_str().is_none());
    match wrong {
        None => Ok(()),
        Some((name, _)) => Err(Error::new(
            ErrorKind::Builder,
            format!("{} is not UTF-8", name.display()),
        )),
    }
}

/// Rejects a variable whose name is nearly that of a setting, if that one is not set: it would be ignored.
fn misspelt(set: &[String]) -> Result<()> {
    let known = known()?;
    let is_other = |name: &&String| !known.contains(*name) && !OTHERS.contains(&name.as_str());
    for name in set.iter().filter(is_other) {
        let near: Vec<_> = known.iter().filter(|known| is_near(name, known)).collect();
        // With the right one, this one may be another program's.
        if near.iter().any(|known| set.contains(known)) {
            continue;
        }
        if let Some(meant) = near.iter().min_by_key(|known| levenshtein(name, known)) {
            let [own, meant] = [name, *meant].map(|name| format!("{PREFIX}{name}"));
            let message = format!("{own} is no setting: rename it to {meant}, or remove it");
            return Err(Error::new(ErrorKind::Builder, message));
        }
    }
    Ok(())
}

/// Variables that name the file of the profiles and the profile.
const OTHERS: [&str; 2] = ["CONFIG", "PROFILE"];

/// Returns the names of all settings.
fn known() -> Result<Vec<String>> {
    let names = RefCell::new(Vec::new());
    Settings::from_variables(|name| {
        names.borrow_mut().push(name.to_owned());
        None
    })?;
    Ok(names.into_inner())
}

/// Whether the names differ by one slip, by underlines, or by a word for the file that the variable names.
fn is_near(name: &str, known: &str) -> bool {
    let plain = |name: &str| {
        let name = name.to_ascii_uppercase().replace('_', "");
        let short = name
            .strip_suffix("FILE")
            .or_else(|| name.strip_suffix("PATH"));
        short.unwrap_or(&name).to_owned()
    };
    let (name, known) = (plain(name), plain(known));
    // V3_KEY is no slip of V2_KEY, nor a name of two letters of CA.
    let digits = |name: &str| {
        name.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let most = usize::from(known.len() > 4 && digits(&name) == digits(&known));
    damerau_levenshtein(&name, &known) <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Settings> {
        Settings::from_variables(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn every_variable_is_read_and_an_empty_one_is_unset() {
        let settings = of(&[
            ("MCHID", "1900000109"),
            ("SERIAL", ""),
            ("HTTP2", "false"),
            ("IDLE_TIMEOUT", "2.5"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.mchid.as_deref(), Some("1900000109"));
        assert_eq!((settings.serial, settings.http2), (None, Some(false)));
        assert_eq!(settings.idle_timeout, Some(2.5));
    }

    #[test]
    fn negative_and_endless_times_are_refused_by_the_name_of_the_variable() {
        for value in ["-1", "NaN", "inf", "1e99", "-1e99"] {
            let err = of(&[("READ_TIMEOUT", value)]).unwrap_err();
            let expected = "WECHATPAY_READ_TIMEOUT is not a number of seconds, at least 0";
            assert_eq!(err.to_string(), expected);
            let expected = "WECHATPAY_READ_TIMEOUT 不是不小于 0 的秒数";
            assert_eq!(err.report_zh(), expected);
        }
    }

    #[test]
    fn the_text_of_a_key_is_refused_and_not_shown() {
        let pem = "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----";
        let files = ["PRIVATE_KEY", "CERTIFICATE", "PLATFORM_KEY", "CA"];
        for name in files {
            let err = of(&[(name, pem)]).unwrap_err();
            let said = err.to_string();
            assert!(
                said.contains(name) && said.contains("into a file"),
                "{said}"
            );
            assert!(!said.contains("s3cret"), "{said}");
            let said = err.report_zh();
            assert!(
                said.contains("写入文件") && !said.contains("s3cret"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_value_of_the_wrong_form_is_named_and_not_shown() {
        for name in ["TIMEOUT", "POOL_MAX_IDLE", "HTTP2"] {
            let err = of(&[(name, "s3cret")]).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder);
            assert!(err.to_string().contains(name), "{err}");
            assert!(!err.to_string().contains("s3cret"), "{err}");
        }
    }

    #[test]
    fn a_misspelt_variable_is_refused_unless_the_right_one_is_set() {
        let check = |set: &[&str]| {
            let set: Vec<_> = set.iter().map(|name| (*name).to_owned()).collect();
            misspelt(&set)
        };
        for (name, meant) in [
            ("MCH_ID", "MCHID"),
            ("TIMOUT", "TIMEOUT"),
            ("APIV3KEY", "APIV3_KEY"),
            ("PRIVATE_KEY_FILE", "PRIVATE_KEY"),
            ("PRIVATE_KEY_PATH", "PRIVATE_KEY"),
            ("SERAIL", "SERIAL"),
            ("mchid", "MCHID"),
        ] {
            let err = check(&[name]).unwrap_err().to_string();
            assert!(
                err.contains(&format!("WECHATPAY_{name} is no setting")),
                "{err}"
            );
            assert!(
                err.contains(&format!("rename it to WECHATPAY_{meant},")),
                "{err}"
            );
        }
        // Another program may read the other one.
        check(&["MCH_ID", "MCHID"]).unwrap();
        check(&[
            "CONFIG",
            "PROFILE",
            "NOTIFY_URL",
            "APPID",
            "SUB_MCHID",
            "CB",
        ])
        .unwrap();
        check(&["APIV3KEY", "APIV3_KEY", "V3_KEY"]).unwrap();
        for name in known().unwrap() {
            check(&[&name]).unwrap();
        }
    }
}
