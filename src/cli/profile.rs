//! Profiles: tables of a TOML file.

use std::path::{Path, PathBuf};

use crate::exit::{Exit, Failure};
use crate::settings::{ProfileArgs, Settings, SettingsArgs, variable};

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
pub(crate) fn resolve(given: SettingsArgs, profile: &ProfileArgs) -> Result<Resolved, Failure> {
    // First: a variable that is not UTF-8 would name no profile.
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
    let mut tables = Settings::profiles(file).map_err(|err| Failure::config(&err))?;
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

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Config, "config", message)
}
