//! The names that a report may use for a call.

use http::Method;

use super::About;

/// Returns the template without a query.
///
/// [`CallInfo::template`](crate::CallInfo::template) contains no values: text built at run time
/// is `{}` there. But a literal after a `?` in the program may be a value.
pub(super) fn template<'a>(about: &About<'a>) -> &'a str {
    let template = about.template;
    template.split_once('?').map_or(template, |(path, _)| path)
}

/// Returns OpenTelemetry's name for a method.
pub(super) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}
