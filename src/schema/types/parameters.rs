//! The variables of the path and the parameters of the query.

use crate::documented::Documented;
use crate::field::{Field, FieldKind};
use crate::labels::Part;

use super::about::about;
use super::items::{Items, optional};
use super::layout::{self, broken_after, code, comment, one_line};
use super::names::Names;
use super::personal::is_sensitive;
use super::side::Side;

/// The struct `Params`, which sets all of them in a call; `None` if there are none.
pub(super) fn parameters(documented: &'static Documented, items: &mut Items) -> Option<String> {
    let (mut names, mut members, mut sets) = (Names::default(), String::new(), String::new());
    let body = documented.attributes().body;
    let path = Side::of(documented, Part::Path, body);
    for variable in documented.variables() {
        let name = names.field(variable);
        let term = path.term(variable).map(|term| comment(&one_line(term)));
        let term = term.unwrap_or_else(|| code(variable));
        members.push_str(&format!("    /// {term}\n    pub {name}: String,\n"));
        sets.push_str(&format!(
            "        call = call.var({variable:?}, self.{name});\n"
        ));
    }
    let query = Side::of(documented, Part::Query, body);
    // The documentation of some operations lists a variable of the path in the query as well.
    let is_variable = |field: &Field| documented.variables().any(|name| name == field.name());
    let fields = documented.query().iter();
    for field in fields.filter(|field| !is_variable(field)) {
        let name = names.field(field.name());
        let (kind, value) = parameter(&query, field);
        let is_required = query.is_required(field, field.name());
        let rust = optional(kind, is_required);
        let about = about(&query, field, field.name());
        let line = broken_after(&format!("    pub {name}: {rust},"), ":", "    ");
        members.push_str(&format!("    /// {about}\n{line}\n"));
        sets.push_str(&set(field, &name, value, is_required));
    }
    if members.is_empty() {
        return None;
    }
    let name = items.names.upper("Params");
    Some(format!(
        "\n/// The variables of the path and the query.\n#[derive(Debug, Clone, Default, PartialEq)]\n\
         pub struct {name} {{\n{members}}}\n\nimpl {name} {{\n    \
         /// Sets them in a call: `params.apply(client.chain(PATH).get(()))`.\n    #[must_use]\n    \
         pub fn apply(self, mut call: wechatpay_chain::Call) -> wechatpay_chain::Call {{\n{sets}        \
         call\n    }}\n}}\n"
    ))
}

/// The type of a query parameter, and the code that makes JSON of `value`.
fn parameter(side: &Side, field: &Field) -> (&'static str, &'static str) {
    match field.kind() {
        _ if is_sensitive(side, field, field.name()) => {
            ("wechatpay_chain::Sensitive", "value.expose()")
        }
        FieldKind::Integer => ("i64", "value"),
        FieldKind::Boolean => ("bool", "value"),
        FieldKind::Array => ("Vec<String>", "value"),
        _ => ("String", "value"),
    }
}

fn set(field: &Field, name: &str, value: &str, is_required: bool) -> String {
    if is_required {
        let value = value.replace("value", &format!("self.{name}"));
        return query(field, &value, "        ");
    }
    format!(
        "        if let Some(value) = self.{name} {{\n{}        }}\n",
        query(field, value, "            ")
    )
}

fn query(field: &Field, value: &str, indent: &str) -> String {
    let arguments = [format!("{:?}", field.name()), value.to_owned()];
    let arguments = layout::arguments(&arguments, indent);
    format!("{indent}call = call.query({arguments});\n")
}
