//! `wechatpay doctor`: what is right, what is wrong, and what to do.

mod keys;
mod network;
mod permissions;
mod report;
mod serials;

use clap::Args;

use crate::context::Context;
use crate::credentials::{self, Need};
use crate::exit::Failure;
use crate::profile;
use crate::settings::Settings;
use keys::LoadedFiles;
use report::Report;

#[derive(Args)]
pub(crate) struct DoctorArgs {
    #[arg(long)]
    offline: bool,
}

pub(crate) fn run(args: &DoctorArgs, context: Context<'_>) -> Result<(), Failure> {
    context.refuse_sandbox("doctor looks at yours")?;
    let resolved = profile::resolve(context.given, &context.profile)?;
    let settings = &resolved.settings;
    let mut report = Report::new(context.output);
    match &resolved.profile {
        Some(file) => report.pass("profile", format!("{}", file.display())),
        None => report.skip("profile", "none is used"),
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

/// Paths begin with `v3/`. With it in the base URL as well each call is answered 404, as is this one of a
/// merchant in public-key mode, so the answer does not tell.
fn base_url(settings: &Settings, report: &mut Report<'_>) {
    let url = settings.base_url.as_deref().unwrap_or_default();
    let last = url.trim_end_matches('/').rsplit('/').next();
    if let Some(version @ ("v2" | "v3")) = last {
        let message = format!("it ends with /{version}, and paths begin with {version}/ already");
        report.fail("base URL", message, &format!("leave /{version} out of it"));
    }
}

/// Whether the library takes it all together; what it says may be what no single check has seen.
fn client(settings: &Settings, report: &mut Report<'_>) -> bool {
    let built = credentials::builder(settings, Need::Call)
        .and_then(|builder| builder.build().map_err(|err| Failure::config(&err)));
    match built {
        Ok(_) => {
            report.pass("together", "all settings belong together");
            true
        }
        Err(failure) => {
            report.fail("together", failure.message(), "correct what is said above");
            false
        }
    }
}
