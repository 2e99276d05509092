//! `wechatpay order`, `wechatpay refund` and `wechatpay transfer`: short forms of requests by number.

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value};
use wechatpay_chain::Client;
use wechatpay_sandbox::schema::{self, Field};

use crate::context::Context;
use crate::credentials::Signer;
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::request::{self, RequestArgs};

#[derive(Subcommand)]
pub(crate) enum OrderCommand {
    Query(OrderQueryArgs),
    Close(OrderCloseArgs),
}

#[derive(Subcommand)]
pub(crate) enum RefundCommand {
    Query(RefundQueryArgs),
}

#[derive(Subcommand)]
pub(crate) enum TransferCommand {
    Query(TransferQueryArgs),
}

#[derive(Args)]
#[command(after_help = "  \
  wechatpay order query order-20261101-0001
  wechatpay order query 4200001234202611010123456789
")]
pub(crate) struct OrderQueryArgs {
    number: String,

    #[arg(long, conflicts_with = "out_trade_no")]
    transaction_id: bool,

    #[arg(long)]
    out_trade_no: bool,

    #[command(flatten)]
    more: PartnerArgs,
}

#[derive(Args)]
#[command(after_help = "  wechatpay order close order-20261101-0001\n")]
pub(crate) struct OrderCloseArgs {
    number: String,

    #[command(flatten)]
    more: PartnerArgs,
}

#[derive(Args)]
#[command(after_help = "  wechatpay refund query refund-20261101-0001\n")]
pub(crate) struct RefundQueryArgs {
    number: String,

    #[command(flatten)]
    more: PartnerArgs,
}

#[derive(Args)]
#[command(after_help = "  wechatpay transfer query bill20261101001\n")]
pub(crate) struct TransferQueryArgs {
    number: String,

    #[arg(long, conflicts_with = "out_bill_no")]
    transfer_bill_no: bool,

    #[arg(long)]
    out_bill_no: bool,

    #[command(flatten)]
    more: PrintArgs,
}

/// Options of operations that partners (服务商) have too.
#[derive(Args)]
struct PartnerArgs {
    #[arg(long, value_name = "MCHID")]
    sub_mchid: Option<String>,

    #[command(flatten)]
    print: PrintArgs,
}

/// Options of `request`, with the same meaning.
#[derive(Args)]
struct PrintArgs {
    #[arg(long)]
    include: bool,

    #[arg(long, conflicts_with = "include")]
    dry_run: bool,
}

pub(crate) fn order(command: OrderCommand, context: Context<'_>) -> Result<(), Failure> {
    match command {
        OrderCommand::Query(args) => order_query(args, context),
        OrderCommand::Close(args) => Lookup {
            method: Method::POST,
            path: partner_or(&args.more, PARTNER_CLOSE, CLOSE),
            number: args.number,
            sub_mchid: args.more.sub_mchid,
            print: args.more.print,
        }
        .run(context),
    }
}

pub(crate) fn refund(command: RefundCommand, context: Context<'_>) -> Result<(), Failure> {
    let RefundCommand::Query(args) = command;
    let lookup = Lookup {
        method: Method::GET,
        path: REFUND,
        number: args.number,
        sub_mchid: args.more.sub_mchid,
        print: args.more.print,
    };
    lookup.run(context)
}

pub(crate) fn transfer(command: TransferCommand, context: Context<'_>) -> Result<(), Failure> {
    let TransferCommand::Query(args) = command;
    let by_wechat =
        args.transfer_bill_no || (!args.out_bill_no && is_transfer_bill_no(&args.number));
    let lookup = Lookup {
        method: Method::GET,
        path: if by_wechat {
            TRANSFER_BY_WECHAT
        } else {
            TRANSFER
        },
        number: args.number,
        sub_mchid: None,
        print: args.more,
    };
    let other = if by_wechat {
        "--out-bill-no"
    } else {
        "--transfer-bill-no"
    };
    lookup.run_with_hint(context, other)
}

fn order_query(args: OrderQueryArgs, context: Context<'_>) -> Result<(), Failure> {
    let by_wechat = args.transaction_id || (!args.out_trade_no && is_transaction_id(&args.number));
    let path = if by_wechat {
        partner_or(&args.more, PARTNER_BY_WECHAT, ORDER_BY_WECHAT)
    } else {
        partner_or(&args.more, PARTNER, ORDER)
    };
    let lookup = Lookup {
        method: Method::GET,
        path,
        number: args.number,
        sub_mchid: args.more.sub_mchid,
        print: args.more.print,
    };
    let other = if by_wechat {
        "--out-trade-no"
    } else {
        "--transaction-id"
    };
    lookup.run_with_hint(context, other)
}

const ORDER: &str = "v3/pay/transactions/out-trade-no/{out_trade_no}";
const ORDER_BY_WECHAT: &str = "v3/pay/transactions/id/{transaction_id}";
const CLOSE: &str = "v3/pay/transactions/out-trade-no/{out_trade_no}/close";
const PARTNER: &str = "v3/pay/partner/transactions/out-trade-no/{out_trade_no}";
const PARTNER_BY_WECHAT: &str = "v3/pay/partner/transactions/id/{transaction_id}";
const PARTNER_CLOSE: &str = "v3/pay/partner/transactions/out-trade-no/{out_trade_no}/close";
const REFUND: &str = "v3/refund/domestic/refunds/{out_refund_no}";
const TRANSFER: &str = "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}";
const TRANSFER_BY_WECHAT: &str =
    "v3/fund-app/mch-transfer/transfer-bills/transfer-bill-no/{transfer_bill_no}";

fn partner_or(args: &PartnerArgs, partner: &'static str, merchant: &'static str) -> &'static str {
    if args.sub_mchid.is_some() {
        partner
    } else {
        merchant
    }
}

/// WeChat Pay's numbers of payments have 28 digits and begin with 4. A merchant's number may have this form too, so
/// the failure says how the number was read.
fn is_transaction_id(number: &str) -> bool {
    number.len() == 28 && number.starts_with('4') && is_digits(number)
}

/// A merchant's number has at most 32 characters, and WeChat Pay's 30 digits or more that begin with 1330000.
fn is_transfer_bill_no(number: &str) -> bool {
    is_digits(number)
        && (number.len() > 32 || (number.len() >= 30 && number.starts_with("1330000")))
}

fn is_digits(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A request by one number.
struct Lookup {
    method: Method,
    /// The template of the catalog, with the number as its only variable.
    path: &'static str,
    number: String,
    sub_mchid: Option<String>,
    print: PrintArgs,
}

impl Lookup {
    fn run(self, context: Context<'_>) -> Result<(), Failure> {
        self.check()?;
        let dry_run = self.print.dry_run;
        request::run_with(context, dry_run, Signer::Merchant, |client| {
            self.request(client)
        })
    }

    /// If there is no such number, tells how the number was read, and the option for the other one.
    fn run_with_hint(self, context: Context<'_>, other: &str) -> Result<(), Failure> {
        let name = self.variable();
        self.run(context).map_err(|mut failure| {
            if failure.is_not_found() {
                failure.line(t!("number-read-as", name = name, other = other));
            }
            failure
        })
    }

    fn variable(&self) -> &'static str {
        let behind = self.path.split_once('{').map_or("", |(_, rest)| rest);
        behind.split('}').next().unwrap_or_default()
    }

    /// Refuses a number that no order can have.
    fn check(&self) -> Result<(), Failure> {
        let name = self.variable();
        let most = match name {
            "out_refund_no" | "transfer_bill_no" => 64,
            _ => 32,
        };
        let printable = self.number.bytes().all(|byte| byte.is_ascii_graphic());
        if printable && (1..=most).contains(&self.number.len()) {
            return Ok(());
        }
        let message = t!("number-invalid", name = name, most = most);
        Err(Failure::new(Exit::Input, "request", message))
    }

    fn request(self, client: &Client) -> Result<RequestArgs, Failure> {
        let name = self.variable();
        let schema = schema::find(&self.method, self.path);
        let parameters = |fields: &[Field]| self.parameters(client, fields);
        let (query, body) = match &schema {
            Some(schema) => (parameters(schema.query())?, parameters(schema.request())?),
            None => Default::default(),
        };
        let json = || {
            let members = body.iter().cloned();
            let members = members.map(|(name, value)| (name, Value::from(value)));
            Value::Object(members.collect::<Map<_, _>>()).to_string()
        };
        Ok(RequestArgs {
            method: self.method.to_string(),
            path: self.path.to_owned(),
            json: (!body.is_empty()).then(json),
            query,
            var: vec![(name.to_owned(), self.number)],
            include: self.print.include,
            dry_run: self.print.dry_run,
            ..RequestArgs::default()
        })
    }

    /// The values of the fields that name a merchant.
    fn parameters(
        &self,
        client: &Client,
        fields: &[Field],
    ) -> Result<Vec<(String, String)>, Failure> {
        let mut parameters = Vec::new();
        for field in fields {
            let value = match field.name() {
                "mchid" | "sp_mchid" if client.mchid().is_empty() => {
                    return Err(Failure::new(Exit::Config, "config", t!("missing-mchid")));
                }
                "mchid" | "sp_mchid" => Some(client.mchid().to_owned()),
                "sub_mchid" => self.sub_mchid.clone(),
                _ => None,
            };
            parameters.extend(value.map(|value| (field.name().to_owned(), value)));
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_in_the_catalog_and_needs_only_merchant_ids() {
        for path in [
            ORDER,
            ORDER_BY_WECHAT,
            CLOSE,
            PARTNER,
            PARTNER_BY_WECHAT,
            PARTNER_CLOSE,
            REFUND,
            TRANSFER,
            TRANSFER_BY_WECHAT,
        ] {
            let method = if path.ends_with("/close") {
                Method::POST
            } else {
                Method::GET
            };
            let schema = schema::find(&method, path).unwrap_or_else(|| panic!("{path}"));
            let fields = schema.query().iter().chain(schema.request());
            for field in fields.filter(|field| field.is_required()) {
                let known = ["mchid", "sp_mchid", "sub_mchid"];
                assert!(known.contains(&field.name()), "{path}: {}", field.name());
            }
        }
    }

    #[test]
    fn numbers_of_wechat_pay_are_recognised_by_their_form() {
        for (number, order, transfer) in [
            ("4200001234202611010123456789", true, false),
            ("420000123420261101012345678", false, false),
            ("42000012342026110101234567890", false, false),
            ("420000123420261101012345678x", false, false),
            ("1217752501201407033233368018", false, false),
            ("133000001232018051101234567890", false, true),
            ("1330000071100999991182020050700019480001", false, true),
            ("13300000123201805110123456", false, false),
            ("order-20261101-0001", false, false),
        ] {
            assert_eq!(is_transaction_id(number), order, "{number}");
            assert_eq!(is_transfer_bill_no(number), transfer, "{number}");
        }
    }
}
