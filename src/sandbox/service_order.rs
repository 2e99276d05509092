//! Orders of 微信支付分: which operations they have, how far an order is, and what it has then.
//!
//! Sources: "支付分订单状态流转图", "查询支付分订单".

/// The operations share the numbers of orders with each other, and with no other product of `v3/payscore`.
pub(crate) const FAMILY: &str = "v3/payscore/serviceorder";
/// The merchant's number of an order.
pub(crate) const NUMBER: &str = "out_order_no";
/// Members that an order has only after it is completed.
pub(crate) const OF_THE_END: [&str; 3] = ["total_amount", "need_collection", "collection"];

/// Whether a path is that of an operation of orders.
pub(crate) fn is_operation(path: &str) -> bool {
    let rest = path.strip_prefix("v3/payscore/");
    rest.is_some_and(|rest| {
        let mut segments = rest.split('/');
        segments.any(|it| ["serviceorder", "servicepayondeliveryorder"].contains(&it))
    })
}

/// Whether the times of an operation are digits alone (`20091225091210`), as those of its events
/// ([`Event::has_compact_times`](wechatpay_schema::Event::has_compact_times)). Overseas orders have times as in RFC 3339.
pub(crate) fn has_compact_times(path: &str) -> bool {
    is_operation(path) && !path.starts_with("v3/payscore/oversea/")
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Created,
    Confirmed,
    Completed,
    Paid,
    Revoked,
    Expired,
}

impl Stage {
    const ALL: [Self; 6] = [
        Self::Created,
        Self::Confirmed,
        Self::Completed,
        Self::Paid,
        Self::Revoked,
        Self::Expired,
    ];

    /// The name in a record, which `set_state` takes too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Completed => "MCH_COMPLETE",
            other => other.state(),
        }
    }

    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Confirmed | Self::Completed => "DOING",
            Self::Paid => "DONE",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
        }
    }

    /// While an order is `DOING`, the last thing that has happened.
    pub(crate) fn description(self) -> Option<&'static str> {
        match self {
            Self::Confirmed => Some("USER_CONFIRM"),
            Self::Completed => Some("MCH_COMPLETE"),
            _ => None,
        }
    }

    /// The stage of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// The names of all stages, for messages.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// The stage of a record. Records of an older version have the last segment of the last request instead of a stage.
    pub(crate) fn of_record(moved: Option<&str>) -> Self {
        match moved.unwrap_or_default() {
            "cancel" => Self::Revoked,
            "complete" | "modify" => Self::Completed,
            "pay" | "sync" => Self::Paid,
            name => Self::named(name).unwrap_or(Self::Created),
        }
    }

    /// Whether an order of this stage has the members [`OF_THE_END`].
    pub(crate) fn is_complete(self) -> bool {
        matches!(self, Self::Completed | Self::Paid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wechatpay_core::catalog;

    #[test]
    fn times_are_as_those_of_the_events() {
        let mut count = 0;
        for event in wechatpay_schema::events() {
            for documented in event.operations() {
                let path = documented.path();
                if is_operation(path) && !path.contains("oversea") {
                    assert_eq!(event.has_compact_times(), has_compact_times(path), "{path}");
                    count += 1;
                }
            }
        }
        assert!(count > 20, "{count}");
    }

    #[test]
    fn stages_are_read_from_records() {
        for stage in Stage::ALL {
            assert_eq!(Stage::of_record(Some(stage.name())), stage);
        }
        for (verb, stage) in [
            ("cancel", Stage::Revoked),
            ("complete", Stage::Completed),
            ("pay", Stage::Paid),
            ("send-prepaidmessage", Stage::Created),
        ] {
            assert_eq!(Stage::of_record(Some(verb)), stage);
        }
        let operations = catalog::operations().iter();
        assert!(operations.filter(|it| is_operation(it.path())).count() > 30);
    }
}
