//! The names that a report may use for a call.

use http::Method;

use super::About;

/// The template without a query.
///
/// [`CallInfo::template`](crate::CallInfo::template) has no value in it: text that was put together while the program
/// ran is `{}` there. What a program has written behind a `?` as a literal may be a value all the same.
pub(super) fn template<'a>(about: &About<'a>) -> &'a str {
    let template = about.template;
    template.split_once('?').map_or(template, |(path, _)| path)
}

/// OpenTelemetry's name for a method.
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
