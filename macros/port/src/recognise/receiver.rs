//! Where a path begins: what stands before it is the client.
//!
//! `$this->instance->v3->pay` and `$instance->v3->pay` are the same request on two clients. Taking
//! `instance` as a segment would send another one, so a chain that can be read both ways is refused.

use super::Step;
use crate::diagnostic::Problem;
use crate::syntax::{BinaryOp, Expr, ExprKind, Member, Piece, Span, WholeExpr};

/// The first segments of all paths of WeChat Pay: the first segments of the library's catalog
/// (`v2` is the PHP SDK's own mark of APIv2; Hong Kong's, global and brand paths have a base URL
/// with a path before the version).
pub const FIRST_SEGMENTS: [&str; 5] = ["v2", "v3", "hk", "global", "brand"];

/// Whether a text begins a path: its first segment is known, or it is a whole URL, or `{+…}`,
/// which a whole path may be put in for.
#[must_use]
pub fn begins_path(text: &str) -> bool {
    let first = text.trim_start_matches('/').split(['/', '?']).next();
    let first = first.unwrap_or_default();
    text.contains("://")
        || first.starts_with("{+")
        || FIRST_SEGMENTS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(first))
}

/// How a step looks as the first one of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// It begins one.
    Path,
    /// No path of WeChat Pay begins so.
    Other,
    /// Only a run tells.
    Runtime,
}

impl Step<'_> {
    /// Whether it is more than one segment: no property or key is named like that.
    fn is_long(self) -> bool {
        match self {
            Self::Braces(expr) | Self::Index(expr) => match &expr.kind {
                ExprKind::String(text) => text.contains('/'),
                ExprKind::Interpolated(_) | ExprKind::Binary { .. } => true,
                _ => false,
            },
            _ => false,
        }
    }

    fn lead(self) -> Lead {
        match self {
            Self::Arrow { name, .. } => of_text(name),
            Self::Braces(expr) | Self::Chain(expr) | Self::Index(expr) => lead(expr),
        }
    }
}

fn of_text(text: &str) -> Lead {
    match begins_path(text) {
        true => Lead::Path,
        false => Lead::Other,
    }
}

fn lead(expr: &Expr) -> Lead {
    match &expr.kind {
        ExprKind::String(text) => of_text(text),
        ExprKind::Int(_) => Lead::Other,
        ExprKind::Interpolated(pieces) => match pieces.first() {
            Some(Piece::Text(text)) => of_text(text),
            _ => Lead::Runtime,
        },
        ExprKind::Binary {
            op: BinaryOp::Concat,
            left,
            ..
        } => lead(left),
        _ => Lead::Runtime,
    }
}

/// How many of the steps belong to the client; nothing when they can be read both ways.
pub(super) fn belonging(steps: &[Step<'_>]) -> Option<usize> {
    let path = steps.iter().position(|step| step.lead() == Lead::Path);
    // `chain()` is the client's own method: the path begins there at the latest.
    let chain = steps.iter().position(|it| matches!(it, Step::Chain(_)));
    match (path, chain) {
        (Some(path), Some(chain)) => return Some(path.min(chain)),
        (Some(path), None) => return Some(path),
        (None, Some(0)) => return Some(0),
        (None, _) => {}
    }
    match steps {
        [] => Some(0),
        [step] if step.lead() == Lead::Runtime || step.is_long() => Some(0),
        // `$this->instance->chain($path)`, `$this->instance[$path]`
        [before @ .., last] if before.iter().all(|step| step.lead() == Lead::Other) => {
            (last.lead() == Lead::Runtime).then_some(before.len())
        }
        _ => None,
    }
}

/// The warning about a chain that can be read both ways.
pub(crate) fn doubt(span: Span) -> Problem {
    let known: Vec<_> = FIRST_SEGMENTS.iter().map(|it| format!("`{it}`")).collect();
    let message = "this may be a client and then a path, or all of it a path: \
                   no path of WeChat Pay begins like this";
    Problem::error(span, message).hint(format!(
        "a path begins with {}; write another one as a whole, on the client's variable: \
         `$instance->chain('…')`",
        known.join(", ")
    ))
}

/// The name of a client from its expression: `$this->instance` is `instance`.
#[must_use]
pub fn client_name(client: &Expr) -> String {
    let name = match &client.kind {
        ExprKind::Variable(name) => name.clone(),
        ExprKind::Property { member, .. } => match member {
            Member::Name { name, .. } => name.clone(),
            Member::Computed(expr) => text_name(expr).unwrap_or_default(),
        },
        ExprKind::Index { object, index } => {
            let key = index.as_deref().and_then(text_name);
            key.unwrap_or_else(|| client_name(object))
        }
        // `app('wechat')`, `$container->get('wechat')`
        ExprKind::Call { function, args } => {
            let named = args.first().and_then(|arg| text_name(&arg.value));
            named.unwrap_or_else(|| function.last())
        }
        ExprKind::MethodCall { method, args, .. } => {
            let named = args.first().and_then(|arg| text_name(&arg.value));
            named.unwrap_or_else(|| getter(method.name().unwrap_or_default()))
        }
        ExprKind::StaticCall { method, .. } => getter(method),
        ExprKind::Clone(inner) => client_name(inner),
        _ => String::new(),
    };
    match name.is_empty() {
        true => "client".to_owned(),
        false => name,
    }
}

/// `getClient` gives the `client`.
fn getter(method: &str) -> String {
    let rest = method.strip_prefix("get").unwrap_or(method);
    let mut chars = rest.chars();
    match chars.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + chars.as_str(),
        None => String::new(),
    }
}

fn text_name(expr: &Expr) -> Option<String> {
    let (ExprKind::String(name) | ExprKind::Variable(name)) = &expr.kind else {
        return None;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
    named.then(|| name.clone())
}

/// `self::$client`: known by its kind only, for the tree has none of its own for it.
pub(crate) fn is_static_property(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Unsupported { what } => what == "a static property",
        ExprKind::Whole(whole) => matches!(**whole, WholeExpr::StaticProperty(..)),
        _ => false,
    }
}
