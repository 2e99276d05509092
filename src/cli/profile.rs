//! Profiles: tables of a TOML file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::exit::{Exit, Failure};
use crate::settings::{ProfileArgs, Settings, variable};

/// The one that is taken when none is named.
const DEFAULT: &str = "default";

/// The settings of this run, and the file they are in part from.
pub(crate) struct Resolved {
    pub(crate) settings: Settings,
    pub(crate) profile: Option<PathBuf>,
}

/// Flags before environment before profile.
///
/// # Errors
///
/// A profile that was asked for and is not there, or cannot be read; a number that is none.
pub(crate) fn resolve(given: Settings, profile: &ProfileArgs) -> Result<Resolved, Failure> {
    readable_environment()?;
    let found = read(profile)?;
    let environment = Settings::from_environment()?;
    let (profile, file) = match found {
        Some(found) => (found.settings.relative_to(&found.file), Some(found.file)),
        None => (Settings::default(), None),
    };
    Ok(Resolved {
        settings: given.or(environment).or(profile),
        profile: file,
    })
}

/// A profile, and the file it is from.
struct Found {
    settings: Settings,
    file: PathBuf,
}

/// The profile that was asked for, or the default one if there is one.
fn read(args: &ProfileArgs) -> Result<Option<Found>, Failure> {
    let name = args.profile.clone().or_else(|| variable("PROFILE"));
    let named = args.config.clone();
    let named = named.or_else(|| variable("CONFIG").map(PathBuf::from));
    let asked = name.is_some() || named.is_some();
    let Some(file) = named.or_else(usual_place) else {
        return if asked {
            Err(wrong(
                "there is no home directory: name the file with --config",
            ))
        } else {
            Ok(None)
        };
    };
    if !asked && !file.exists() {
        return Ok(None);
    }
    let settings = table(&file, name.as_deref())?;
    Ok(settings.map(|settings| Found { settings, file }))
}

fn usual_place() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let config = set("XDG_CONFIG_HOME").map(PathBuf::from);
    let config = config.or_else(|| Some(PathBuf::from(set("HOME")?).join(".config")))?;
    Some(config.join("wechatpay").join("config.toml"))
}

fn table(file: &Path, name: Option<&str>) -> Result<Option<Settings>, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|err| wrong(format!("the profiles in {shown} cannot be read: {err}")))?;
    // Some editors write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut tables: BTreeMap<String, Settings> =
        toml::from_str(text).map_err(|err| unreadable(file, text, &err))?;
    let wanted = name.unwrap_or(DEFAULT);
    match (tables.remove(wanted), name) {
        (Some(settings), _) => Ok(Some(settings)),
        (None, None) => Ok(None),
        (None, Some(name)) => {
            let known: Vec<_> = tables.into_keys().collect();
            let known = known.join(", ");
            Err(wrong(format!(
                "{shown} has no profile [{name}]; it has: {known}"
            )))
        }
    }
}

/// Without the line itself, which the parser would quote: a key may stand in it.
fn unreadable(file: &Path, text: &str, err: &toml::de::Error) -> Failure {
    let before = err.span().and_then(|span| text.get(..span.start));
    let before = before.unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let key = before.rsplit('\n').next().unwrap_or_default();
    let key = key.split_once('=').map_or("a value", |(key, _)| key.trim());
    wrong(format!(
        "{}, line {line}: not a profile: {}; a profile is a table as [default] with keys as \
         mchid = \"1900000109\"",
        file.display(),
        sentence(err.message(), key),
    ))
}

/// What is wrong, without what was found: that may be a key.
fn sentence(message: &str, key: &str) -> String {
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let expected = message.rsplit_once(", expected ");
        let expected = expected.map_or("something else", |(_, expected)| expected);
        return format!("{key} is no {}", expected.trim_start_matches("a "));
    }
    // The name of a field is shown; what other messages quote may be part of a value.
    let quoted = if message.starts_with("unknown field") {
        message.find('\n')
    } else {
        message.find(['\n', '"', '`', '\''])
    };
    let shown = message.get(..quoted.unwrap_or(message.len()));
    let shown = shown.unwrap_or_default();
    shown.trim_end_matches([':', ' ']).to_owned()
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Config, "config", message)
}

/// A variable that is no text would otherwise count as not set, and another setting be used.
fn readable_environment() -> Result<(), Failure> {
    let ours = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b"WECHATPAY_");
    let wrong = std::env::vars_os().find(|(name, value)| ours(name) && value.to_str().is_none());
    match wrong {
        None => Ok(()),
        Some((name, _)) => Err(Failure::new(
            Exit::Config,
            "config",
            format!("{} is not UTF-8", name.display()),
        )),
    }
}
