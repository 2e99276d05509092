//! The permissions of key files.

use std::path::Path;

use super::report::Report;
use crate::i18n::t;
use crate::settings::Settings;

/// Checks files with keys, and the profile if it has one.
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
        // Services often read their key through a dedicated group.
        match mode & 0o037 {
            0 => report.warn(
                "permissions",
                t!(
                    "readable-by-group",
                    path = file.display(),
                    mode = format!("{mode:03o}")
                ),
                &advice,
            ),
            _ => report.fail(
                "permissions",
                t!(
                    "readable-by-others",
                    path = file.display(),
                    mode = format!("{mode:03o}")
                ),
                &advice,
            ),
        }
    }
}

#[cfg(unix)]
fn shared_mode(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    // A directory is not a key; its reader reports it.
    let metadata = std::fs::metadata(file).ok().filter(|it| it.is_file())?;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Other systems have no mode bits.
#[cfg(not(unix))]
fn shared_mode(_: &Path) -> Option<u32> {
    None
}
