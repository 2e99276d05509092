//! `wechatpay doctor`: what is right, what is wrong, and what to do.

mod keys;
mod network;
mod permissions;
mod report;
mod serials;

use clap::Args;

use crate::cli::Context;
use crate::credentials::{self, Need};
use crate::exit::Failure;
use crate::settings::{self, Settings};
use keys::Material;
use report::Report;

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Leaves out what needs the network
    #[arg(long)]
    offline: bool,
}

pub(crate) fn run(args: &DoctorArgs, context: Context<'_>) -> Result<(), Failure> {
    context.refuse_sandbox("doctor looks at yours")?;
    let resolved = settings::resolve(context.given, &context.place)?;
    let settings = &resolved.settings;
    let mut report = Report::new(context.screen);
    match &resolved.profile {
        Some(file) => report.right("profile", format!("{}", file.display())),
        None => report.skipped("profile", "none is used"),
    }
    permissions::check(settings, resolved.profile.as_deref(), &mut report);
    let material = Material::read(settings, &mut report);
    serials::check(settings, &material, &mut report);
    base_url(settings, &mut report);
    let sound = client(settings, &mut report);
    let trial = network::Trial {
        offline: args.offline,
        sound,
        signs: material.private_key.is_some(),
    };
    network::check(settings, trial, &mut report)?;
    report.end()
}

/// Paths begin with `v3/`. With it in the base URL as well each call is answered 404, as is this one of a
/// merchant in public-key mode, so the answer does not tell.
fn base_url(settings: &Settings, report: &mut Report<'_>) {
    let url = settings.base_url.as_deref().unwrap_or_default();
    let last = url.trim_end_matches('/').rsplit('/').next();
    if let Some(version @ ("v2" | "v3")) = last {
        let message = format!("it ends with /{version}, and paths begin with {version}/ already");
        report.wrong("base URL", message, &format!("leave /{version} out of it"));
    }
}

/// Whether the library takes it all together; what it says may be what no single check has seen.
fn client(settings: &Settings, report: &mut Report<'_>) -> bool {
    let built = credentials::builder(settings, Need::Call)
        .and_then(|builder| builder.build().map_err(|err| Failure::config(&err)));
    match built {
        Ok(_) => {
            report.right("together", "all settings belong together");
            true
        }
        Err(failure) => {
            report.wrong("together", failure.message(), "correct what is said above");
            false
        }
    }
}
