//! `wechatpay doctor`: checks settings and connection, and explains how to fix problems.

mod keys;
mod network;
mod permissions;
mod report;
mod serials;
mod state;

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::credentials::{self, Need};
use crate::exit::Failure;
use crate::i18n::t;
use crate::profile;
use crate::settings::Settings;
use keys::LoadedFiles;
use report::Report;

#[derive(Args)]
pub(crate) struct DoctorArgs {
    #[arg(long)]
    offline: bool,

    #[arg(long, value_name = "DIR", conflicts_with = "offline")]
    state: Option<PathBuf>,
}

pub(crate) fn run(args: &DoctorArgs, context: Context<'_>) -> Result<(), Failure> {
    context.refuse_sandbox(&t!("sandbox-doctor"))?;
    if let Some(dir) = &args.state {
        let mut report = Report::new(context.output);
        state::check(dir, &mut report);
        return report.finish();
    }
    let resolved = profile::resolve(context.given, &context.profile)?;
    let settings = &resolved.settings;
    let mut report = Report::new(context.output);
    match &resolved.profile {
        Some(file) => report.pass("profile", format!("{}", file.display())),
        None => report.skip("profile", t!("profile-none")),
    }
    permissions::check(settings, resolved.profile.as_deref(), &mut report);
    let files = LoadedFiles::read(settings, &mut report);
    serials::check(settings, &files, &mut report);
    base_url(settings, &mut report);
    let can_build = client(settings, &mut report);
    let scope = network::Scope {
        offline: args.offline,
        can_build,
        has_private_key: files.private_key.is_some(),
    };
    network::check(settings, scope, &mut report)?;
    report.finish()
}

/// Paths begin with `v3/`. A base URL that ends with it makes every call fail with 404, the status that a merchant
/// in public-key mode gets as well, so the answer cannot tell them apart.
fn base_url(settings: &Settings, report: &mut Report<'_>) {
    let url = settings.base_url.as_deref().unwrap_or_default();
    let last = url.trim_end_matches('/').rsplit('/').next();
    if let Some(version @ ("v2" | "v3")) = last {
        let message = t!("base-url-version", version = version);
        report.fail(
            "base URL",
            message,
            t!("advice-base-url", version = version),
        );
    }
}

/// Builds a client from all settings: the library may find problems that no single check has found.
fn client(settings: &Settings, report: &mut Report<'_>) -> bool {
    let built = credentials::builder(settings, Need::Call)
        .and_then(|builder| builder.build().map_err(|err| Failure::config(&err)));
    match built {
        Ok(_) => {
            report.pass("together", t!("settings-match"));
            true
        }
        Err(failure) => {
            report.fail("together", failure.message(), t!("advice-fix-above"));
            false
        }
    }
}
