//! The body whose types are written.

use crate::amounts::{are_in_fen, are_whole_fen};
use crate::attributes::Body;
use crate::documented::Documented;
use crate::events::Event;
use crate::field::Field;
use crate::labels::{Part, label};

/// Members of APIv2's requests that the client adds.
const ADDED: [&str; 3] = ["nonce_str", "sign", "sign_type"];

/// A body whose types are written.
pub(super) struct Side {
    /// The name of the type of the whole body.
    pub(super) root: &'static str,
    method: &'static str,
    path: &'static str,
    pub(super) part: Part,
    pub(super) body: Body,
    /// Pointers of required fields that may be absent.
    conditional: &'static [&'static str],
    /// Whether all whole amounts are in fen.
    pub(super) is_in_fen: bool,
    /// Whether they are whole too where the documentation only says that they are numbers.
    pub(super) has_whole_amounts: bool,
}

impl Side {
    pub(super) fn of(documented: &'static Documented, part: Part, body: Body) -> Self {
        let (method, path) = (documented.method(), documented.path());
        let root = if part == Part::Response {
            "Response"
        } else {
            "Request"
        };
        Self {
            root,
            method,
            path,
            part,
            body,
            conditional: &documented.attributes().conditional,
            is_in_fen: are_in_fen(path),
            has_whole_amounts: are_whole_fen(path),
        }
    }

    /// The resource of a notification, after a call of the operation with this path. Its fields have the usual terms.
    pub(super) fn of_event(event: &Event, operation: Option<&str>) -> Self {
        let body = if event.is_xml() {
            Body::Xml
        } else {
            Body::Json
        };
        Self {
            root: "Notification",
            method: "",
            path: "",
            part: Part::Response,
            body,
            conditional: &[],
            is_in_fen: event.version() == "v3" && operation.is_none_or(are_in_fen),
            has_whole_amounts: false,
        }
    }

    /// WeChat Pay's term for a field.
    pub(super) fn term(&self, pointer: &str) -> Option<&'static str> {
        label(self.method, self.path, self.part, pointer)
    }

    /// XML responses have only texts.
    pub(super) fn is_xml_response(&self) -> bool {
        self.part == Part::Response && self.body == Body::Xml
    }

    /// An object in an XML request is a text that contains JSON.
    pub(super) fn is_xml_request(&self) -> bool {
        self.part == Part::Request && self.body == Body::Xml
    }

    /// A response may lack any field, whatever the documentation marks as required.
    pub(super) fn is_required(&self, field: &Field, pointer: &str) -> bool {
        self.part != Part::Response && field.is_required() && !self.conditional.contains(&pointer)
    }

    /// Whether WeChat Pay requires the field only under a condition.
    pub(super) fn is_conditional(&self, field: &Field, pointer: &str) -> bool {
        self.part != Part::Response && field.is_required() && self.conditional.contains(&pointer)
    }

    /// Whether the field is a member of its struct.
    pub(super) fn has(&self, field: &Field, pointer: &str) -> bool {
        let is_added = self.is_xml_request() && pointer.is_empty() && ADDED.contains(&field.name());
        !is_added && !is_numbered(field)
    }
}

/// In APIv2, `coupon_id_$n` stands for `coupon_id_0`, `coupon_id_1` and so on.
pub(super) fn is_numbered(field: &Field) -> bool {
    field.name().contains('$')
}
