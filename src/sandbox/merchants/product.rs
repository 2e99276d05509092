//! The products (产品) that a merchant opens, and the operations that need each.

use serde_json::Value;

use wechatpay_core::catalog::Operation;

/// A product that has to be opened before its operations may be called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Product {
    /// As settings name it.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// The mark of its orders: the last segment of an operation below `transactions/`, or APIv2's `trade_type`.
    orders: &'static [&'static str],
    /// The prefix of its operations.
    prefixes: &'static [&'static str],
}

/// The products, with their names on the merchant platform (商户平台, 产品中心).
const PRODUCTS: [Product; 15] = [
    order(
        "jsapi",
        "JSAPI支付",
        &["jsapi", "miniprogram", "jsapi-with-contract", "JSAPI"],
    ),
    order("app", "APP支付", &["app", "app-with-contract", "APP"]),
    order("native", "Native支付", &["native", "NATIVE"]),
    order("h5", "H5支付", &["h5", "MWEB"]),
    order("code", "付款码支付", &["codepay", "micropay"]),
    product("combine", "合单支付", &["v3/combine-transactions/"]),
    product(
        "profit_sharing",
        "分账",
        &[
            "v3/profitsharing/",
            "v3/ecommerce/profitsharing/",
            "v3/brand/profitsharing/",
            "v2/pay/profitsharing",
            "v2/secapi/pay/profitsharing",
            "v2/secapi/pay/multiprofitsharing",
        ],
    ),
    product(
        "transfer",
        "商家转账",
        &[
            "v3/fund-app/mch-transfer/",
            "v3/transfer/",
            "v3/partner-transfer/",
            "v3/ecommerce/mch-transfer/",
            "v2/mmpaymkttransfers/promotion/",
            "v2/mmpaymkttransfers/gettransferinfo",
            "v2/mmpaysptrans/",
        ],
    ),
    product(
        "red_packet",
        "现金红包",
        &[
            "v2/mmpaymkttransfers/sendredpack",
            "v2/mmpaymkttransfers/sendgroupredpack",
            "v2/mmpaymkttransfers/sendminiprogramhb",
            "v2/mmpaymkttransfers/gethbinfo",
            "v3/fund-app/brand-redpacket/",
        ],
    ),
    product(
        "coupon",
        "代金券",
        &[
            "v3/marketing/favor/",
            "v2/mmpaymkttransfers/send_coupon",
            "v2/mmpaymkttransfers/query_coupon_stock",
            "v2/mmpaymkttransfers/querycouponsinfo",
        ],
    ),
    product("busifavor", "商家券", &["v3/marketing/busifavor/"]),
    product("pay_score", "微信支付分", &["v3/payscore/"]),
    product(
        "papay",
        "委托代扣",
        &[
            "v3/papay/",
            "v3/partner-papay/",
            "v2/papay/",
            "v2/pay/pappayapply",
            "v2/pay/contractorder",
            "v2/pay/paporderquery",
        ],
    ),
    product("parking", "停车服务", &["v3/vehicle/"]),
    product("fapiao", "电子发票", &["v3/new-tax-control-fapiao/"]),
];

const fn order(
    name: &'static str,
    title: &'static str,
    orders: &'static [&'static str],
) -> Product {
    Product {
        name,
        title,
        orders,
        prefixes: &[],
    }
}

const fn product(
    name: &'static str,
    title: &'static str,
    prefixes: &'static [&'static str],
) -> Product {
    Product {
        name,
        title,
        orders: &[],
        prefixes,
    }
}

impl Product {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        PRODUCTS.iter().find(|product| product.name == name)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        PRODUCTS.iter().map(|product| product.name)
    }
}

/// The product that a request needs. Queries of orders, refunds and bills need none.
pub(crate) fn product_of(operation: &Operation, body: Option<&Value>) -> Option<&'static Product> {
    let path = operation.path();
    let by_prefix = |product: &&Product| product.prefixes.iter().any(|it| path.starts_with(it));
    let kind = kind_of_order(path, body);
    let by_order = |product: &&Product| kind.is_some_and(|kind| product.orders.contains(&kind));
    PRODUCTS.iter().find(|it| by_prefix(it) || by_order(it))
}

fn kind_of_order<'a>(path: &'a str, body: Option<&'a Value>) -> Option<&'a str> {
    if path == "v2/pay/unifiedorder" {
        return body?.get("trade_type")?.as_str();
    }
    if path == "v2/pay/micropay" {
        return Some("micropay");
    }
    let rest = path.strip_prefix("v3/pay/")?;
    let rest = rest.strip_prefix("partner/").unwrap_or(rest);
    rest.strip_prefix("transactions/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;
    use serde_json::json;
    use wechatpay_core::catalog;

    #[test]
    fn operations_need_the_product_of_their_page() {
        let post = |path: &str, body: Value| {
            let mut operations = catalog::operations().iter();
            let operation = operations.find(|it| it.path() == path && it.method() == Method::POST);
            product_of(operation.unwrap(), Some(&body)).map(|product| product.name)
        };
        for (path, name) in [
            ("v3/pay/transactions/native", "native"),
            ("v3/pay/partner/transactions/jsapi", "jsapi"),
            ("v3/pay/transactions/codepay", "code"),
            ("v3/combine-transactions/h5", "combine"),
            ("v3/profitsharing/orders", "profit_sharing"),
            ("v3/fund-app/mch-transfer/transfer-bills", "transfer"),
            ("v2/pay/micropay", "code"),
            ("v2/mmpaymkttransfers/sendredpack", "red_packet"),
        ] {
            assert_eq!(post(path, json!({})), Some(name), "{path}");
        }
        let unified = json!({"trade_type": "MWEB"});
        assert_eq!(post("v2/pay/unifiedorder", unified), Some("h5"));
        assert_eq!(post("v3/refund/domestic/refunds", json!({})), None);
        let query = catalog::find(&Method::GET, "v3/pay/transactions/id/1").unwrap();
        assert_eq!(product_of(query, None), None);
    }

    #[test]
    fn every_product_has_operations() {
        let needed: Vec<_> = catalog::operations()
            .iter()
            .filter_map(|it| product_of(it, Some(&json!({"trade_type": "APP"}))))
            .collect();
        for product in &PRODUCTS {
            assert!(needed.contains(&product), "{}", product.name);
            for prefix in product.prefixes {
                let is_used = catalog::operations()
                    .iter()
                    .any(|it| it.path().starts_with(prefix));
                assert!(is_used, "{prefix}");
            }
        }
    }
}
