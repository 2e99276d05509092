use super::*;
use crate::{all, event, events, find};

fn of(method: &str, path: &str) -> String {
    module(find(method, path).unwrap())
}

#[test]
fn names_of_one_module_are_unique() {
    for documented in all() {
        let text = module(documented);
        let mut names: Vec<_> = text
            .lines()
            .filter_map(|line| {
                line.strip_prefix("pub struct ")
                    .or(line.strip_prefix("pub enum "))
            })
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{documented:?}");
    }
}

/// The lines of one item.
fn item(text: &str, head: &str) -> String {
    let lines = text.lines().skip_while(|line| *line != head);
    let mut lines: Vec<_> = lines.take_while(|line| *line != "}").collect();
    assert!(!lines.is_empty(), "{head}\n{text}");
    lines.push("}");
    lines.join("\n")
}

#[test]
fn required_members_of_a_request_are_plain_and_others_optional() {
    let text = of("POST", "v3/pay/transactions/jsapi");
    let request = item(&text, "pub struct Request {");
    assert!(request.contains("    pub appid: String,\n"), "{request}");
    assert!(
        request.contains("    pub amount: RequestAmount,\n"),
        "{request}"
    );
    let optional = "    #[serde(skip_serializing_if = \"Option::is_none\")]\n    \
                    pub time_expire: Option<wechatpay_chain::Timestamp>,\n";
    assert!(request.contains(optional), "{request}");
}

#[test]
fn every_member_of_a_response_is_optional() {
    for documented in all() {
        for body in module(documented).split("\npub struct Response").skip(1) {
            let (body, _) = body.split_once("\n}").unwrap_or((body, ""));
            let mut members = body.lines().filter(|line| line.starts_with("    pub "));
            let more = "serde_json::Map<String, serde_json::Value>,";
            let plain = members.find(|line| !line.contains("Option<") && !line.ends_with(more));
            // A long type is on the line below.
            assert_eq!(
                plain.filter(|line| line.ends_with(',')),
                None,
                "{documented:?}"
            );
        }
    }
}

#[test]
fn whole_amounts_are_fen_where_the_currency_is_the_yuan() {
    let member = |method, path, member: &str| {
        let text = of(method, path);
        assert!(text.contains(member), "{path}: {member}\n{text}");
    };
    member(
        "POST",
        "v3/pay/transactions/native",
        "    pub total: wechatpay_chain::Fen,\n",
    );
    // Where the documentation says that the number is unsigned.
    let transfers = "v3/fund-app/mch-transfer/transfer-bills";
    let amount = "    pub transfer_amount: wechatpay_chain::Fen,\n";
    member("POST", transfers, amount);
    let refunds = "v3/refund/domestic/refunds";
    let amount = "    pub refund: Option<wechatpay_chain::Fen>,\n";
    member("POST", refunds, amount);
    // A price or a count is not called 金额.
    member("POST", refunds, "    pub unit_price: i64,\n");
    // Other currencies.
    let overseas = "v3/global/transactions/native";
    member("POST", overseas, "    pub total: i64,\n");
    let order = "v3/funds-to-oversea/orders";
    let foreign = "    pub foreign_amount: Option<i64>,\n";
    member("POST", order, foreign);
    member("POST", "v2/pay/unifiedorder", "    pub total_fee: i64,\n");
    // A fraction is not excluded.
    let subsidies = "v3/gov/subsidy/zhejiang/authcode/commit";
    let fraction = "    pub subsidy_amt: Option<serde_json::Number>,\n";
    member("POST", subsidies, fraction);
}

#[test]
fn documented_values_become_an_enum_that_keeps_others() {
    let text = of("GET", "v3/pay/transactions/id/{transaction_id}");
    let states = item(&text, "pub enum ResponseTradeState {");
    assert!(states.contains("    Notpay,\n"), "{states}");
    assert!(states.contains("    Other(String),\n"), "{states}");
    for arm in [
        "            \"NOTPAY\" => Self::Notpay,\n",
        "            Self::Notpay => \"NOTPAY\",\n",
        "            _ => Self::Other(value),\n",
    ] {
        assert!(text.contains(arm), "{text}");
    }
}

#[test]
fn encrypted_members_are_sensitive() {
    for documented in all() {
        let text = module(documented);
        let encrypted = text.matches("encrypted)\n").count();
        let typed = text.matches("wechatpay_chain::Sensitive").count();
        assert!(typed >= encrypted, "{documented:?}\n{text}");
    }
    let text = of("POST", "v3/fund-app/mch-transfer/transfer-bills");
    let member = "    pub user_name: Option<wechatpay_chain::Sensitive>,\n";
    assert!(text.contains(member), "{text}");
}

#[test]
fn personal_members_are_sensitive_where_they_are_not_encrypted_too() {
    let bodies = all().map(module).chain(events().iter().map(event_module));
    let mut found = 0;
    for body in bodies {
        for line in body.lines() {
            let Some((name, rust)) = line
                .strip_prefix("    pub ")
                .and_then(|line| line.split_once(": "))
            else {
                continue;
            };
            let ends = [
                "phone_number",
                "bank_account_name",
                "real_name",
                "email",
                "id_card_number",
            ];
            // An enum of documented values is none.
            let is_text = ["String", "Value", "Sensitive"]
                .iter()
                .any(|it| rust.contains(it));
            if is_text && ends.iter().any(|end| name.ends_with(end)) {
                assert!(rust.contains("wechatpay_chain::Sensitive"), "{line}");
                found += 1;
            }
        }
    }
    assert!(found > 100, "{found}");
    // By the term, in a request of APIv2.
    let order = of("POST", "v2/pay/unifiedorder");
    let member = "    pub user_truename: Option<wechatpay_chain::Sensitive>,\n";
    assert!(order.contains(member), "{order}");
}

#[test]
fn numbers_of_events_are_whole_only_for_amounts_and_counts() {
    let text = event_module(event(None, "TRANSACTION.SUCCESS").unwrap());
    let total = "    pub total: Option<wechatpay_chain::Fen>,\n";
    assert!(text.contains(total), "{text}");
    // Some operations document a whole number, some a number.
    let rate = "    pub settlement_rate: Option<serde_json::Number>,\n";
    assert!(text.contains(rate), "{text}");
}

#[test]
fn times_are_timestamps_only_in_the_format_of_rfc_3339() {
    let text = of("GET", "v3/pay/transactions/id/{transaction_id}");
    let response = item(&text, "pub struct Response {");
    assert!(
        response.contains("success_time: Option<wechatpay_chain::Timestamp>"),
        "{response}"
    );
    let micropay = of("POST", "v2/pay/micropay");
    assert!(!micropay.contains("Timestamp"), "{micropay}");
}

#[test]
fn variables_and_parameters_are_set_in_a_call() {
    let text = of("GET", "v3/pay/transactions/out-trade-no/{out_trade_no}");
    for part in [
        "pub struct Params {\n",
        "        call = call.var(\"out_trade_no\", self.out_trade_no);\n",
        "        call = call.query(\"mchid\", self.mchid);\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_variable_of_the_path_is_not_a_parameter_of_the_query_as_well() {
    let mut shared = 0;
    for documented in all() {
        let text = module(documented);
        for variable in documented.variables() {
            let query = format!("call.query({variable:?},");
            assert!(!text.contains(&query), "{documented:?}\n{text}");
            let is_shared = |field: &crate::Field| field.name() == variable;
            shared += usize::from(documented.query().iter().any(is_shared));
        }
    }
    assert!(shared > 0, "no operation documents a variable in its query");
}

#[test]
fn an_empty_time_of_a_response_is_none() {
    let text = of("GET", "v3/pay/transactions/id/{transaction_id}");
    let response = item(&text, "pub struct Response {");
    let time = "        default,\n        deserialize_with = \"time_or_none\",\n        \
                skip_serializing_if = \"Option::is_none\"\n    )]\n    \
                pub success_time: Option<wechatpay_chain::Timestamp>,\n";
    assert!(response.contains(time), "{response}");
    for documented in all() {
        let text = module(documented);
        let is_used = text.contains("deserialize_with");
        assert_eq!(text.contains("fn time_or_none<"), is_used, "{text}");
        // The response and the notification.
        let begin = ["pub struct Response", "pub struct Notification"].map(|head| text.find(head));
        let begin = begin.into_iter().flatten().min().unwrap_or(text.len());
        let (request, response) = text.split_at(begin);
        let times = response.matches("Option<wechatpay_chain::Timestamp>,\n");
        let readers = response.matches("deserialize_with");
        assert_eq!(readers.count(), times.count(), "{text}");
        // A request has none: an empty time there is a mistake.
        assert!(!request.contains("deserialize_with"), "{text}");
        assert!(!text.contains("Vec<wechatpay_chain::Timestamp>"), "{text}");
    }
}

#[test]
fn responses_of_apiv2_have_texts_and_keep_further_members() {
    let text = of("POST", "v2/pay/micropay");
    let response = item(&text, "pub struct Response {");
    assert!(
        response.contains("pub total_fee: Option<String>,"),
        "{response}"
    );
    assert!(
        response.contains("    #[serde(flatten)]\n    pub more: "),
        "{response}"
    );
    let request = item(&text, "pub struct Request {");
    assert!(
        !request.contains("nonce_str") && !request.contains("pub sign"),
        "{request}"
    );
}

#[test]
fn comments_escape_what_rustdoc_reads_as_markup() {
    assert_eq!(comment("a<b>[c]_d"), "a\\<b\\>\\[c\\]\\_d");
    assert_eq!(layout::code("a`b"), "`` a`b ``");
}

#[test]
fn an_operation_has_the_type_of_its_notifications() {
    let text = of("POST", "v3/refund/domestic/refunds");
    let types = "pub const EVENT_TYPES: &[&str] = &[\"REFUND.SUCCESS\", \"REFUND.ABNORMAL\", \"REFUND.CLOSED\"];\n";
    assert!(text.contains(types), "{text}");
    let notification = item(&text, "pub struct Notification {");
    assert!(
        notification.contains("    pub amount: Option<NotificationAmount>,\n"),
        "{notification}"
    );
    // One text for one event, and none without.
    assert!(!of("GET", "v3/certificates").contains("Notification"));
    let one = event_module(event(None, "REFUND.SUCCESS").unwrap());
    assert!(one.contains("pub const EVENT_TYPE: &str = \"REFUND.SUCCESS\";\n"));
    assert_eq!(item(&one, "pub struct Notification {"), notification);
}

#[test]
fn every_member_of_a_notification_is_optional() {
    for event in events() {
        let text = event_module(event);
        let notification = item(&text, "pub struct Notification {");
        for line in notification
            .lines()
            .filter(|line| line.starts_with("    pub "))
        {
            let is_optional = line.contains("Option<") || line.ends_with(':');
            let is_rest = line.contains("serde_json::Map<String, serde_json::Value>,");
            assert!(is_optional || is_rest, "{event:?}: {line}");
        }
    }
}

#[test]
fn members_that_are_required_under_a_condition_are_optional() {
    let applyment = of("POST", "v3/applyment4sub/applyment/");
    for member in [
        "pub business_license_info: Option<",
        "pub certificate_info: Option<",
        "pub identity_info: Request",
    ] {
        assert!(applyment.contains(member), "{member}\n{applyment}");
    }
    let refund = of("POST", "v2/secapi/pay/refund");
    for number in ["transaction_id", "out_trade_no"] {
        let member = format!("    pub {number}: Option<String>,\n");
        assert!(refund.contains(&member), "{refund}");
    }
    assert!(refund.contains("required under a condition)\n"), "{refund}");
}
