//! Profiles: tables of a TOML file.

use std::path::{Path, PathBuf};

use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::settings::{ProfileArgs, Settings, SettingsArgs, variable};

/// The profile that is used when none is named.
const DEFAULT: &str = "default";

/// The settings of this run, and the profile's file.
pub(crate) struct Resolved {
    pub(crate) settings: Settings,
    pub(crate) profile: Option<PathBuf>,
}

/// Combines flags, environment and profile, in this order of precedence.
///
/// # Errors
///
/// A requested profile is missing or unreadable, or a number is invalid.
pub(crate) fn resolve(given: SettingsArgs, profile: &ProfileArgs) -> Result<Resolved, Failure> {
    // Read the environment first: a variable that is not UTF-8 would be ignored as a profile name.
    let environment = Settings::from_env().map_err(|err| Failure::config(&err))?;
    let found = read(profile)?;
    let (profile, file) = match found {
        Some(found) => (found.settings, Some(found.file)),
        None => (Settings::default(), None),
    };
    Ok(Resolved {
        settings: Settings::from(given).or(environment).or(profile),
        profile: file,
    })
}

/// A profile and its file.
struct Found {
    settings: Settings,
    file: PathBuf,
}

/// The requested profile, or the default one if it exists.
fn read(args: &ProfileArgs) -> Result<Option<Found>, Failure> {
    let name = args.profile.clone().or_else(|| variable("PROFILE"));
    let named = args.config.clone();
    let named = named.or_else(|| variable("CONFIG").map(PathBuf::from));
    let asked = name.is_some() || named.is_some();
    let Some(file) = named.or_else(usual_place) else {
        return if asked {
            Err(wrong(t!("profile-no-home")))
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
    let mut tables = Settings::profiles(file).map_err(|err| Failure::config(&err))?;
    let wanted = name.unwrap_or(DEFAULT);
    match (tables.remove(wanted), name) {
        (Some(settings), _) => Ok(Some(settings)),
        (None, None) => Ok(None),
        (None, Some(name)) => {
            let known: Vec<_> = tables.into_keys().collect();
            let known = known.join(&t!("list-separator"));
            Err(wrong(t!(
                "profile-unknown",
                path = shown,
                name = name,
                known = known
            )))
        }
    }
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Config, "config", message)
}
