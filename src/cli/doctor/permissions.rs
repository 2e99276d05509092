//! Who else can read the keys.

use std::path::Path;

use super::report::Report;
use crate::settings::Settings;

/// Files that hold a key, and a profile that holds one.
pub(super) fn check(settings: &Settings, profile: Option<&Path>, report: &mut Report<'_>) {
    let holds_key =
        settings.apiv3_key.is_some() || settings.v2_key.is_some() || settings.passphrase.is_some();
    let files = [
        settings.private_key.as_deref(),
        settings.apiv3_key_file.as_deref(),
        settings.v2_key_file.as_deref(),
        settings.passphrase_file.as_deref(),
        profile.filter(|_| holds_key),
    ];
    for file in files.into_iter().flatten() {
        let Some(mode) = shared_mode(file) else {
            continue;
        };
        let advice = format!("chmod 600 {}", file.display());
        // A group of its own is a usual way to give a key to a service.
        match mode & 0o037 {
            0 => report.warn(
                "permissions",
                format!(
                    "{} can be read by its group (mode {mode:03o})",
                    file.display()
                ),
                &advice,
            ),
            _ => report.fail(
                "permissions",
                format!("{} can be read by others (mode {mode:03o})", file.display()),
                &advice,
            ),
        }
    }
}

#[cfg(unix)]
fn shared_mode(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    // A directory has another mode, and is named as no key by who reads it.
    let metadata = std::fs::metadata(file).ok().filter(|it| it.is_file())?;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Other systems have no such bits.
#[cfg(not(unix))]
fn shared_mode(_: &Path) -> Option<u32> {
    None
}
