//! Who else can read the keys.

use std::path::Path;

use super::report::Report;
use crate::settings::Settings;

/// Files that hold a key, and a profile that holds one.
pub(super) fn check(settings: &Settings, profile: Option<&Path>, report: &mut Report<'_>) {
    let holds_key = settings.apiv3_key.is_some() || settings.v2_key.is_some();
    let files = [
        settings.private_key.as_deref(),
        settings.apiv3_key_file.as_deref(),
        settings.v2_key_file.as_deref(),
        profile.filter(|_| holds_key),
    ];
    for file in files.into_iter().flatten() {
        if let Some(mode) = shared_mode(file) {
            report.wrong(
                "permissions",
                format!("{} can be read by others (mode {mode:03o})", file.display()),
                &format!("chmod 600 {}", file.display()),
            );
        }
    }
}

#[cfg(unix)]
fn shared_mode(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Other systems have no such bits.
#[cfg(not(unix))]
fn shared_mode(_: &Path) -> Option<u32> {
    None
}
