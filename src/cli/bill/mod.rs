//! `wechatpay bill`: downloads bills, checks their sums, and compares them with the merchant's orders.

mod dates;
mod fetch;
mod orders;
mod reconcile;
mod report;
mod target;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wechatpay_chain::Client;

use crate::context::Context;
use crate::credentials::{Need, session};
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::output::Output;
use crate::progress::Progress;
use dates::{Date, Dates};
use fetch::{Fetched, Wanted};
use reconcile::Reconciliation;
use report::Report;
use target::Target;

const EXAMPLES: &str = "  \
  wechatpay bill 2026-11-01
  wechatpay bill 2026-11-01..2026-11-07 --gzip -o bills
  wechatpay bill 2026-11-01 --kind fund-flow --account-type OPERATION -o - > operation.csv
  wechatpay bill 2026-11-01 --reconcile orders.csv
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BillArgs {
    #[arg(required = true, value_name = "DATE", value_parser = dates::parse)]
    dates: Vec<Dates>,

    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    kind: Kind,

    #[arg(long, value_enum, ignore_case = true, value_name = "TYPE")]
    bill_type: Option<BillType>,

    #[arg(long, value_enum, ignore_case = true, value_name = "TYPE")]
    account_type: Option<AccountType>,

    #[arg(long, value_name = "MCHID")]
    sub_mchid: Option<String>,

    #[arg(long, value_name = "ID")]
    service_id: Option<String>,

    #[arg(long, value_enum, ignore_case = true, value_name = "NAME")]
    algorithm: Option<Algorithm>,

    #[arg(long)]
    gzip: bool,

    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    #[arg(long, value_name = "FILE")]
    reconcile: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Kind {
    #[default]
    Trade,
    FundFlow,
    ProfitSharing,
    SubMerchantFundFlow,
    EcommerceFundFlow,
    Payscore,
}

/// How WeChat Pay encrypts a bill of the last three kinds.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Algorithm {
    #[value(name = "AEAD_AES_256_GCM")]
    Aes,
    #[value(name = "SM4_GCM")]
    Sm4,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
enum BillType {
    All,
    Success,
    Refund,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
enum AccountType {
    Basic,
    Operation,
    Fees,
    Deposit,
}

pub(crate) fn run(args: &BillArgs, context: Context<'_>) -> Result<(), Failure> {
    check(args)?;
    let days = dates::expand(&args.dates);
    let target = Target::new(args.output.as_deref(), days.len())?;
    let mut reconciliation = match &args.reconcile {
        Some(file) => Some(Reconciliation::new(orders::read(file)?)),
        None => None,
    };
    let output = context.output;
    let client = &session(context, Need::Call)?.client;
    let run = Run {
        client,
        wanted: wanted(args, client.mchid()),
        target: &target,
        report: Report::new(output, target.is_stdout()),
        output,
        // A day without transactions has no bill. Alone, that is a failure.
        needs_bill: days.len() == 1 && args.reconcile.is_none(),
    };
    let mut absent = Vec::new();
    for day in &days {
        absent.extend(run.day(*day, reconciliation.as_mut())?);
    }
    match (reconciliation, absent.pop()) {
        (Some(reconciliation), _) => conclude(args, reconciliation, &run.report),
        (None, Some(failure)) if absent.len() + 1 == days.len() => Err(failure),
        _ => Ok(()),
    }
}

/// The settings that all days share.
struct Run<'r> {
    client: &'r Client,
    wanted: Wanted,
    target: &'r Target,
    report: Report<'r>,
    output: &'r Output,
    needs_bill: bool,
}

impl Run<'_> {
    /// Gets, checks and writes the bill of a day. Returns WeChat Pay's refusal if the day has none.
    fn day(
        &self,
        day: Date,
        reconciliation: Option<&mut Reconciliation>,
    ) -> Result<Option<Failure>, Failure> {
        let file = self.target.file(&self.wanted.name, day)?;
        let progress = Progress::new(self.output);
        let fetched = fetch::fetch(self.client, &self.wanted, day, file.path(), &progress);
        progress.clear();
        let bill = match fetched? {
            Fetched::Bill(bill) => bill,
            Fetched::Absent(failure) if self.needs_bill => return Err(failure),
            Fetched::Absent(failure) => {
                self.report.absent(day)?;
                return Ok(Some(failure));
            }
        };
        let checked = fetch::check(&bill, reconciliation)?;
        let path = file.keep(self.output)?;
        self.report.bill(day, path.as_deref(), &bill, &checked)?;
        Ok(None)
    }
}

impl Kind {
    /// The path of its operation, and the beginning of the names of its files.
    fn path_and_name(self) -> (&'static str, &'static str) {
        match self {
            Self::Trade => ("v3/bill/tradebill", "trade"),
            Self::FundFlow => ("v3/bill/fundflowbill", "fund-flow"),
            Self::ProfitSharing => ("v3/profitsharing/bills", "profit-sharing"),
            Self::SubMerchantFundFlow => (
                "v3/bill/sub-merchant-fundflowbill",
                "sub-merchant-fund-flow",
            ),
            Self::EcommerceFundFlow => ("v3/ecommerce/bill/fundflowbill", "ecommerce-fund-flow"),
            Self::Payscore => ("v3/payscore/merchant-bill", "payscore"),
        }
    }

    /// The parameter that names the algorithm of an encrypted bill.
    fn algorithm(self) -> Option<&'static str> {
        match self {
            Self::SubMerchantFundFlow | Self::EcommerceFundFlow => Some("algorithm"),
            Self::Payscore => Some("encryption_algorithm"),
            Self::Trade | Self::FundFlow | Self::ProfitSharing => None,
        }
    }
}

/// Refuses options that do not apply to the kind of bill.
fn check(args: &BillArgs) -> Result<(), Failure> {
    let why = if args.bill_type.is_some() && args.kind != Kind::Trade {
        t!("bill-type-kind")
    } else if args.account_type.is_some()
        && ![Kind::FundFlow, Kind::SubMerchantFundFlow].contains(&args.kind)
    {
        t!("account-type-kind")
    } else if args.algorithm.is_some() && args.kind.algorithm().is_none() {
        t!("algorithm-kind")
    } else if args.service_id.is_some() != (args.kind == Kind::Payscore) {
        t!("service-id-kind")
    } else if args.sub_mchid.is_none() && args.kind == Kind::SubMerchantFundFlow {
        t!("sub-mchid-kind")
    } else if args.reconcile.is_some()
        && (args.kind != Kind::Trade || args.bill_type.is_some_and(|it| it != BillType::All))
    {
        t!("reconcile-kind")
    } else {
        return Ok(());
    };
    Err(Failure::new(Exit::Usage, "usage", why))
}

fn wanted(args: &BillArgs, mchid: &str) -> Wanted {
    let (path, name) = args.kind.path_and_name();
    let value = |it: Option<clap::builder::PossibleValue>| it.map(|it| it.get_name().to_owned());
    let bill_type = args.bill_type.and_then(|it| value(it.to_possible_value()));
    let account = args
        .account_type
        .and_then(|it| value(it.to_possible_value()));
    let parts = [
        ("bill_type", bill_type),
        ("account_type", account),
        ("sub_mchid", args.sub_mchid.clone()),
        ("service_id", args.service_id.clone()),
    ];
    let mut wanted = Wanted {
        path,
        name: format!("{name}-{mchid}"),
        query: Vec::new(),
    };
    // Bills of different merchants and types get different files.
    for (parameter, value) in parts {
        if let Some(value) = value {
            wanted.name.push_str(&format!("-{value}"));
            wanted.query.push((parameter, value));
        }
    }
    // WeChat Pay requires it for these kinds.
    match args.kind {
        Kind::SubMerchantFundFlow if args.account_type.is_none() => {
            wanted.query.push(("account_type", "BASIC".to_owned()));
        }
        Kind::EcommerceFundFlow => wanted.query.push(("account_type", "ALL".to_owned())),
        _ => {}
    }
    if let Some(parameter) = args.kind.algorithm() {
        let algorithm = args.algorithm.unwrap_or(Algorithm::Aes);
        wanted
            .query
            .extend(value(algorithm.to_possible_value()).map(|it| (parameter, it)));
    }
    if args.gzip {
        wanted.query.push(("tar_type", "GZIP".to_owned()));
    }
    wanted
}

fn conclude(
    args: &BillArgs,
    reconciliation: Reconciliation,
    report: &Report<'_>,
) -> Result<(), Failure> {
    let file = args.reconcile.clone().unwrap_or_default();
    let file = file.display().to_string();
    let result = reconciliation.finish();
    report.reconciled(&file, &result)?;
    if result.differences.is_empty() {
        return Ok(());
    }
    let count = result.differences.len();
    let message = t!("reconcile-differs", file = file, count = count);
    Err(Failure::new(Exit::Failed, "differences", message))
}
