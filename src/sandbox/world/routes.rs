//! Which operation is whose.

use super::order::Kind;
use super::orders::Mode::{self, Direct, Partner};
use super::refund::Flavour::{Domestic, Ecommerce};
use super::request::Request;
use super::share::Words;
use super::{
    Outcome, State, batches, combine, complaints, images, orders, refunds, returns, sharing,
    transfers, v2,
};

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    if request.operation.is_v2() {
        return v2::answer(state, request);
    }
    let path = request.operation.path();
    let method = request.operation.method();
    let (top, _) = path.strip_prefix("v3/")?.split_once('/')?;
    match (top, method.as_str()) {
        ("pay", _) => order(state, request, path),
        ("combine-transactions", _) => combined(state, request, path),
        ("refund" | "ecommerce", _) => refund(state, request, path)
            .or_else(|| ecommerce(state, request, method.as_str(), path)),
        ("brand", _) => ecommerce(state, request, method.as_str(), path),
        ("fund-app", _) => transfer(state, request, path),
        ("transfer", _) => batch(state, request, path),
        ("profitsharing", _) => share(state, request, path),
        ("merchant-service", _) => complaint(state, request, method.as_str(), path),
        _ => None,
    }
}

fn order(state: &mut State, request: &Request<'_>, path: &str) -> Option<Outcome> {
    let rest = path.strip_prefix("v3/pay/")?;
    let (mode, rest) = match rest.strip_prefix("partner/") {
        Some(rest) => (Partner, rest),
        None => (Direct, rest),
    };
    let rest = rest.strip_prefix("transactions/")?;
    if let Some(kind) = kind(rest) {
        return Some(orders::create(state, request, mode, kind));
    }
    known(state, request, mode, rest)
}

fn known(state: &mut State, request: &Request<'_>, mode: Mode, rest: &str) -> Option<Outcome> {
    Some(match rest {
        "id/{transaction_id}" => orders::by_id(state, request, mode),
        "out-trade-no/{out_trade_no}" => orders::by_number(state, request, mode),
        "out-trade-no/{out_trade_no}/close" => orders::close(state, request, mode),
        "out-trade-no/{out_trade_no}/reverse" => orders::reverse(state, request, mode),
        _ => return None,
    })
}

/// With a contract the order is the same; the contract is not remembered.
fn kind(rest: &str) -> Option<Kind> {
    Some(match rest {
        "jsapi" | "miniprogram" | "jsapi-with-contract" => Kind::JSAPI,
        "app" | "app-with-contract" => Kind::APP,
        "native" => Kind::NATIVE,
        "h5" => Kind::H5,
        "codepay" => Kind::CODE,
        _ => return None,
    })
}

fn combined(state: &mut State, request: &Request<'_>, path: &str) -> Option<Outcome> {
    let rest = path.strip_prefix("v3/combine-transactions/")?;
    Some(match rest {
        "id/{combine_transaction_id}" => combine::by_id(state, request),
        "out-trade-no/{combine_out_trade_no}" => combine::by_number(state, request),
        "out-trade-no/{combine_out_trade_no}/close" => combine::close(state, request),
        _ => combine::create(state, request, kind(rest)?),
    })
}

fn refund(state: &mut State, request: &Request<'_>, path: &str) -> Option<Outcome> {
    Some(match path {
        "v3/refund/domestic/refunds" => refunds::apply(state, request, Domestic),
        "v3/ecommerce/refunds/apply" => refunds::apply(state, request, Ecommerce),
        "v3/refund/domestic/refunds/{out_refund_no}"
        | "v3/ecommerce/refunds/out-refund-no/{out_refund_no}" => {
            refunds::by_number(state, request)
        }
        "v3/ecommerce/refunds/id/{refund_id}" => refunds::by_id(state, request),
        "v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund"
        | "v3/ecommerce/refunds/{refund_id}/apply-abnormal-refund" => {
            refunds::apply_abnormal(state, request)
        }
        _ => return None,
    })
}

fn transfer(state: &mut State, request: &Request<'_>, path: &str) -> Option<Outcome> {
    let rest = path.strip_prefix("v3/fund-app/mch-transfer/")?;
    let rest = rest.strip_prefix("partner/").unwrap_or(rest);
    Some(match rest.strip_prefix("transfer-bills")? {
        "" => transfers::create(state, request),
        "/out-bill-no/{out_bill_no}" => transfers::by_number(state, request),
        "/transfer-bill-no/{transfer_bill_no}" => transfers::by_id(state, request),
        "/out-bill-no/{out_bill_no}/cancel" => transfers::cancel(state, request),
        _ => return None,
    })
}

fn batch(state: &mut State, request: &Request<'_>, path: &str) -> Option<Outcome> {
    Some(match path.strip_prefix("v3/transfer/batches")? {
        "" => batches::create(state, request),
        "/batch-id/{batch_id}" | "/out-batch-no/{out_batch_no}" => batches::query(state, request),
        "/batch-id/{batch_id}/details/detail-id/{detail_id}"
        | "/out-batch-no/{out_batch_no}/details/out-detail-no/{out_detail_no}" => {
            batches::query_detail(state, request)
        }
        _ => return None,
    })
}

fn share(state: &mut State, request: &Request<'_>, path: &str) -> Option<Outcome> {
    let words = Words::ORDINARY;
    Some(match path.strip_prefix("v3/profitsharing/")? {
        "receivers/add" => sharing::add_receiver(state, request, words),
        "receivers/delete" => sharing::delete_receiver(state, request, words),
        "orders" => sharing::share(state, request, words),
        "orders/unfreeze" => sharing::unfreeze(state, request, words),
        "orders/{out_order_no}" => sharing::query(state, request),
        "transactions/{transaction_id}/amounts" => sharing::amounts(state, request),
        "merchant-configs/{sub_mchid}" => Ok(sharing::ratio(request, "sub_mchid")),
        "return-orders" => returns::create(state, request, words),
        "return-orders/{out_return_no}" => returns::query(state, request),
        _ => return None,
    })
}

fn complaint(
    state: &mut State,
    request: &Request<'_>,
    method: &str,
    path: &str,
) -> Option<Outcome> {
    let rest = path.strip_prefix("v3/merchant-service/")?;
    match rest {
        "images/upload" => images::upload(state, request),
        "images/{media_id}" => Some(images::download(state, request)),
        "complaint-notifications" => complaints::notifications(state, request, method),
        _ => complaints::answer(state, request, rest.strip_prefix("complaints-v2")?),
    }
}

/// E-commerce's profit sharing, and a brand's, whose paths are alike.
fn ecommerce(
    state: &mut State,
    request: &Request<'_>,
    method: &str,
    path: &str,
) -> Option<Outcome> {
    let (words, rest) = match path.strip_prefix("v3/brand/profitsharing/") {
        Some(rest) => (Words::BRAND, rest),
        None => (
            Words::ECOMMERCE,
            path.strip_prefix("v3/ecommerce/profitsharing/")?,
        ),
    };
    Some(match (method, rest) {
        (_, "brand-configs/{brand_mchid}") => Ok(sharing::ratio(request, "brand_mchid")),
        (_, "receivers/add") => sharing::add_receiver(state, request, words),
        (_, "receivers/delete") => sharing::delete_receiver(state, request, words),
        ("POST", "orders") => sharing::share(state, request, words),
        ("GET", "orders") => sharing::query(state, request),
        (_, "finish-order") => sharing::unfreeze(state, request, words),
        (_, "orders/{transaction_id}/amounts") => sharing::amounts(state, request),
        ("POST", "returnorders") => returns::create(state, request, words),
        ("GET", "returnorders") => returns::query(state, request),
        _ => return None,
    })
}
