//! A call of WeChat Pay: its body and setters.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::client::VERIFY;
use super::code::Repr;
use super::function::Body;
use super::names::ident;
use super::print::{Json, Member};
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Entry, Expr, ExprKind, PathPiece, Sdk};
use crate::recognise::{HEADERS_IN_BODY, Method};
use crate::syntax::Span;

/// The Rust of a call's options.
#[derive(Default)]
struct Options {
    body: Option<TokenStream>,
    setters: Vec<TokenStream>,
    /// Setters that come after all others: behind them, a call is a download.
    last: Vec<TokenStream>,
}

impl<'a> Body<'_, 'a> {
    /// A call that is not made yet.
    pub(crate) fn sdk(&mut self, sdk: &'a Sdk) -> TokenStream {
        let client = self.client(&sdk.client);
        let (path, vars) = self.path(sdk);
        self.shared.note_call(sdk.span, sdk.method, &path);
        if path.contains("://") || path.starts_with("//") {
            let message =
                "an absolute URL is signed and sent to its host by PHP; this library refuses to";
            let hint = "write the path alone, and the host as `base_uri`; for a URL of an answer use \
                        `client.get_url(url)`";
            return self.problem(Problem::error(sdk.span, message).hint(hint));
        }
        if let Some(problem) = hidden_v2(sdk) {
            return self.problem(problem);
        }
        let whole = path;
        let path = whole.trim_start_matches('/').to_owned();
        let off = (self.shared.manual && sdk.encrypt.is_empty()).then(|| {
            self.shared.uses.insert("FieldPolicy");
            quote!(.fields(FieldPolicy::Off))
        });
        let chain = if vars.is_empty() {
            self.chain(&client, sdk, &path)
        } else {
            quote!(#client.chain(#path))
        };
        let options = match &sdk.options {
            Err(options) => {
                let code = self.expr(options);
                let options = self.convert(&code, &Ty::Any, options.span);
                let chain = (quote!(#client.chain(#path)), &*whole);
                return self.by_options(sdk, chain, &options, vars, &off);
            }
            Ok(options) => options,
        };
        let made = self.setters(sdk, &path, options);
        let values = vars.clone();
        let vars = vars
            .into_iter()
            .map(|(name, value)| quote!(.var(#name, #value)));
        let vars: Vec<_> = vars.collect();
        match made {
            Some(made) => {
                let verb = ident(sdk.method.lower());
                let takes = matches!(sdk.method, Method::Post | Method::Put | Method::Patch);
                let (args, json) = match (takes, made.body) {
                    (true, Some(body)) => (quote!(#body, ()), quote!()),
                    (true, None) => (quote!((), ()), quote!()),
                    (false, Some(body)) => (quote!(()), quote!(.body(#body))),
                    (false, None) => (quote!(()), quote!()),
                };
                let encrypted = self.encrypted(sdk, &path);
                let (setters, last) = (made.setters, made.last);
                quote!(#chain.#verb(#args) #json #(#vars)* #(#setters)* #(#encrypted)* #off #(#last)*)
            }
            None => {
                let members = options
                    .iter()
                    .map(|(name, value)| (name.clone(), self.json_value(value)));
                let json = Json::object(members.collect::<Vec<_>>());
                let json = self.shared.inserts.json(json);
                let chain = (quote!(#client.chain(#path)), &*whole);
                self.by_options(sdk, chain, &json, values, &off)
            }
        }
    }

    /// A call whose options a run tells: they may have values for what a path in a variable has in braces.
    fn by_options(
        &mut self,
        sdk: &Sdk,
        (chain, path): (TokenStream, &str),
        options: &TokenStream,
        vars: Vec<(String, TokenStream)>,
        off: &Option<TokenStream>,
    ) -> TokenStream {
        let method = sdk.method.upper();
        if vars.is_empty() {
            return quote!(#chain.request(#method, php::options_for(#path, #options)) #off);
        }
        let given = self.taken.fresh("options");
        let mut lets = TokenStream::new();
        let mut setters = TokenStream::new();
        let mut path = quote!(#path);
        for (index, (name, value)) in vars.into_iter().enumerate() {
            let own = self.taken.fresh(&name);
            // A run tells whether the path begins with `/`.
            if index == 0 && begins_with(sdk) {
                path = quote!(&#own);
            }
            lets.extend(quote!(let #own = php::expanded(&#value, &mut #given);));
            setters.extend(quote!(.var(#name, #own)));
        }
        quote!(({
            let mut #given = #options;
            #lets
            let #given = php::options_for(#path, #given);
            #chain.request(#method, #given) #setters #off
        }))
    }

    /// The fields that PHP encrypts by hand: the client does it, for what the catalog does not name.
    fn encrypted(&mut self, sdk: &Sdk, path: &str) -> Vec<TokenStream> {
        if sdk.encrypt.is_empty() {
            return Vec::new();
        }
        let known = self.shared.sensitive;
        let known = known.map_or_else(Vec::new, |known| known(sdk.method.upper(), path));
        let note = "Sensitive fields are encrypted by the client: give their plaintext.";
        let note = self.shared.inserts.comment(note);
        self.before.extend(note);
        let unknown = sdk
            .encrypt
            .iter()
            .filter(|pointer| !known.contains(pointer));
        unknown
            .map(|pointer| quote!(.encrypt([#pointer])))
            .collect()
    }

    /// The body and the setters of a call; nothing where only a run tells what an option is.
    fn setters(
        &mut self,
        sdk: &'a Sdk,
        path: &str,
        options: &'a [(String, Expr)],
    ) -> Option<Options> {
        let mut made = Options::default();
        let mut given = Vec::new();
        let media = options
            .iter()
            .any(|(name, value)| name == "body" && self.types.of(value) == Ty::Media);
        let mut from = sdk.span.start;
        for (index, (name, value)) in options.iter().enumerate() {
            let until = match options.get(index + 1) {
                Some((_, next)) => next.span.start,
                None => sdk.span.end,
            };
            let before = self.comments_between(from, value.span.start);
            let count = made.setters.len() + made.last.len();
            if has_variable(path, name) {
                given.push(name.clone());
            }
            self.setter(&mut made, sdk, path, name, value, media)?;
            let after = self.comments_after(value.span.end, until);
            self.place_comments(&mut made, count, before, after);
            from = value.span.end;
        }
        for name in variables(path) {
            if !given.contains(&name) {
                let message =
                    format!("the path's variable `{name}` has no value: PHP sends it empty");
                let hint = format!("give it with `.var(\"{name}\", ..)`");
                self.say(Problem::warning(sdk.last, message).hint(hint));
                let note = if self.is_main && name != "empty" {
                    let inserts = &mut self.shared.inserts;
                    inserts.link_comment("without a value in PHP", true)
                } else {
                    quote!()
                };
                made.setters.push(quote!(.var(#name, "") #note));
            }
        }
        Some(made)
    }

    /// Comments of an option go to what it became; else they stand before the call.
    fn place_comments(
        &mut self,
        made: &mut Options,
        count: usize,
        before: Vec<String>,
        after: Vec<String>,
    ) {
        let all = made.setters.len() + made.last.len();
        if all == count || !self.is_main {
            for line in before.iter().chain(&after) {
                let note = self.shared.inserts.comment(line);
                self.before.extend(note);
            }
            return;
        }
        let inserts = &mut self.shared.inserts;
        let mut start = TokenStream::new();
        for line in before {
            start.extend(inserts.link_comment(&line, false));
        }
        let list = if made.last.is_empty() {
            &mut made.setters
        } else {
            &mut made.last
        };
        let index = count.min(list.len().saturating_sub(1));
        if let Some(first) = list.get_mut(index) {
            start.extend(std::mem::take(first));
            *first = start;
        }
        if !after.is_empty()
            && let Some(last) = list.last_mut()
        {
            last.extend(inserts.link_comment(&after.join(" "), true));
        }
    }

    fn setter(
        &mut self,
        made: &mut Options,
        sdk: &'a Sdk,
        path: &str,
        name: &str,
        value: &'a Expr,
        media: bool,
    ) -> Option<()> {
        let span = value.span;
        let v2 = path.starts_with("v2/");
        match name {
            "json" if v2 => self.warn(
                span,
                "APIv2 takes no `json`: PHP only changes the Content-Type; it is left out",
            ),
            "xml" if !v2 => self.warn(
                span,
                "the path is APIv3's, where PHP ignores `xml`; it is left out",
            ),
            "json" | "xml" => made.body = self.json_body(value, name == "xml"),
            "body" if media => {
                if let Some(problem) = wrong_type(sdk, span) {
                    made.body = Some(self.problem(problem));
                    return Some(());
                }
                let code = self.expr(value);
                made.body = Some(self.convert(&code, &Ty::Media, span));
            }
            "body" => {
                if matches!(*value.kind, ExprKind::Null) {
                    return Some(());
                }
                if content_type(sdk).is_none() {
                    self.warn(span, "a body of text has to name its Content-Type");
                }
                return None;
            }
            "query" => made.setters.extend(self.pairs(value)?),
            "headers" => {
                let headers = self.headers(value, media)?;
                made.setters.extend(headers);
            }
            "timeout" => {
                let seconds = self.seconds(value);
                made.setters.push(quote!(.timeout(#seconds)));
            }
            // Its value replaces the beginning of the URL, so the whole URL is computed.
            "base_uri" if begins_with(sdk) => return None,
            "base_uri" => {
                let url = self.expr(value).text();
                made.setters.push(quote!(.base_url(#url)));
            }
            // A saved file is no response: where something is done with that, the path is an option.
            "sink" if !self.discarded => return None,
            "sink" => {
                let path = self.file_path(value)?;
                made.last.push(quote!(.sink(#path)));
            }
            "security" | "nonceless" if !v2 => {
                let message = format!("`{name}` is APIv2's, and PHP passes it over here");
                self.warn(span, &message);
            }
            "security" | "nonceless" => {
                let set = match (&*value.kind, name) {
                    (ExprKind::Null, _) => return Some(()),
                    (ExprKind::Bool(set), "security") => *set,
                    (ExprKind::Bool(set), _) => {
                        if !set {
                            let message =
                                "PHP leaves the nonce out whatever the value is; so does the port";
                            self.warn(span, message);
                        }
                        true
                    }
                    _ => return None,
                };
                let setter = ident(name);
                made.setters.push(quote!(.#setter(#set)));
            }
            name => return self.other_option(made, path, name, value),
        }
        Some(())
    }

    fn other_option(
        &mut self,
        made: &mut Options,
        path: &str,
        name: &str,
        value: &'a Expr,
    ) -> Option<()> {
        match ELSEWHERE.iter().find(|(known, _)| *known == name) {
            Some(("debug", _))
                if !matches!(*value.kind, ExprKind::Bool(false) | ExprKind::Null) =>
            {
                self.warn(value.span, DEBUG);
            }
            Some(("verify" | "curl", _)) if matches!(*value.kind, ExprKind::Bool(false)) => {
                self.warn(value.span, VERIFY);
            }
            Some((_, "")) => {}
            Some((_, instead)) => {
                let message = format!("the option `{name}` of Guzzle is not taken here");
                let problem = self.problem(Problem::error(value.span, message).hint(*instead));
                made.setters.push(quote!(.var("", #problem)));
            }
            None if has_variable(path, name) => {
                let code = self.expr(value);
                let value = match &code.repr {
                    Repr::Str | Repr::String | Repr::Int => code.tokens.clone(),
                    Repr::StringPlace => {
                        let tokens = &code.tokens;
                        quote!(#tokens.as_str())
                    }
                    Repr::Null => code.instead(quote!("")),
                    _ => self.convert(&code, &Ty::Any, value.span),
                };
                made.setters.push(quote!(.var(#name, #value)));
            }
            // A value in the path may have the variable.
            None if path.contains("{+") => return None,
            None => self.warn(
                value.span,
                &format!("the path has no variable `{name}`: PHP ignores it"),
            ),
        }
        Some(())
    }

    fn json_body(&mut self, value: &'a Expr, xml: bool) -> Option<TokenStream> {
        match &*value.kind {
            ExprKind::Null => return None,
            ExprKind::Array(entries) if entries.iter().any(is_headers) => {
                self.warn(value.span, HEADERS_IN_BODY);
            }
            ExprKind::Array(entries) if entries.is_empty() && xml => {
                return Some(self.shared.inserts.json(Json::object([])));
            }
            _ => {}
        }
        let floats = self.may_hold_float(value);
        if !floats
            && let ExprKind::Array(entries) = &*value.kind
            && !entries.iter().any(|entry| entry.spread)
            && let Some(json) = self.json_of(value.span, entries)
        {
            return Some(self.json_value_of(json, "body"));
        }
        let code = self.expr(value);
        let tokens = &code.tokens;
        if floats {
            let value = self.convert(&code, &Ty::Any, value.span);
            return Some(quote!(php::sent(#value)));
        }
        Some(match &code.repr {
            Repr::ValuePlace => quote!(&#tokens),
            Repr::ValueRef | Repr::Value => quote!(#tokens),
            _ => self.convert(&code, &Ty::Any, value.span),
        })
    }

    /// `json!(…)`, of which parts stand before the statement where the macro would go too deep.
    pub(crate) fn large_json(&mut self, json: Json) -> TokenStream {
        if self.shared.inserts.written(&json).depth() > DEEPEST {
            self.json_value_of(json, "")
        } else {
            self.shared.inserts.json(json)
        }
    }

    /// `json!(…)`: of several lines, it gets a name before the statement; of a large one, parts do: the macro goes as
    /// deep as a body has members, and the compiler lets it go 128 deep.
    pub(crate) fn json_value_of(&mut self, mut json: Json, wanted: &str) -> TokenStream {
        let mut parts = TokenStream::new();
        loop {
            let written = self.shared.inserts.written(&json);
            if written.depth() <= DEEPEST {
                break;
            }
            let Some((key, part)) = json.take_deepest(&self.shared.inserts) else {
                break;
            };
            let wanted = key.map_or_else(|| "item".to_owned(), |key| super::text::snake(&key));
            let name = self.bind(&wanted);
            let value = self.json_value_of(part, "");
            parts.extend(quote!(let #name = #value;));
            json.put_back(quote!(#name));
        }
        let rest = self.long_object(&mut json);
        if !rest.is_empty() {
            let name = self.bind(if wanted.is_empty() { "item" } else { wanted });
            let tokens = self.shared.inserts.json(json);
            parts.extend(quote!(let mut #name = #tokens;));
            for member in rest {
                let key = member.key.unwrap_or_default();
                let value = self.shared.inserts.json(member.value);
                let inserts = &mut self.shared.inserts;
                for line in &member.before {
                    parts.extend(inserts.comment(line));
                }
                parts.extend(quote!(#name[#key] = #value;));
                if let Some(line) = &member.after {
                    parts.extend(inserts.behind(line));
                }
            }
            if !self.may_hoist {
                return quote!({ #parts #name });
            }
            self.before.extend(parts);
            return quote!(#name);
        }
        let lines = self.shared.inserts.written(&json).lines(0, 0, 2).len();
        let tokens = self.shared.inserts.json(json);
        if self.may_hoist {
            self.before.extend(parts);
            if lines == 1 || wanted.is_empty() {
                return tokens;
            }
            let name = self.bind(wanted);
            self.before.extend(quote!(let #name = #tokens;));
            return quote!(#name);
        }
        if parts.is_empty() {
            tokens
        } else {
            quote!({ #parts #tokens })
        }
    }

    /// The members of an object of so many plain members that they are set one by one.
    fn long_object(&self, json: &mut Json) -> Vec<Member> {
        if self.shared.inserts.written(json).depth() <= DEEPEST {
            return Vec::new();
        }
        match json {
            Json::Object(group) => group.members.split_off(group.members.len().min(MEMBERS)),
            _ => Vec::new(),
        }
    }

    /// A name for what stands before a statement; the next statement may take it again.
    pub(crate) fn bind(&mut self, wanted: &str) -> proc_macro2::Ident {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while self.slots.iter().any(|slot| slot.name == name) || !self.bound.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        ident(&name)
    }

    fn pairs(&mut self, value: &'a Expr) -> Option<Vec<TokenStream>> {
        match &*value.kind {
            ExprKind::Null => Some(Vec::new()),
            ExprKind::Text(text) => {
                // PHP does not encode a text. `query` does, which changes nothing in these characters.
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
                let pairs = text.split('&').filter(|pair| !pair.is_empty());
                let pairs = pairs.map(|pair| {
                    let (name, value) = pair.split_once('=')?;
                    let plain = name.chars().chain(value.chars()).all(is_plain);
                    plain.then(|| quote!(.query(#name, #value)))
                });
                pairs.collect()
            }
            ExprKind::Array(entries) if is_repeated(entries) => None,
            ExprKind::Array(entries) => {
                let mut out = Vec::new();
                let mut from = value.span.start;
                for (index, entry) in entries.iter().enumerate() {
                    let ExprKind::Text(key) = &*entry.key.as_ref()?.kind else {
                        return None;
                    };
                    if entry.spread {
                        return None;
                    }
                    let until = entries.get(index + 1).map_or(value.span.end, start);
                    let before = self.comments_between(from, start(entry));
                    let code = self.expr(&entry.value);
                    let value = match &code.repr {
                        Repr::Str | Repr::String | Repr::Int | Repr::Bool => code.tokens.clone(),
                        Repr::StringPlace => {
                            let tokens = &code.tokens;
                            quote!(#tokens.as_str())
                        }
                        _ => self.convert(&code, &Ty::Any, entry.value.span),
                    };
                    let after = self.comments_after(entry.value.span.end, until);
                    from = entry.value.span.end;
                    out.push(self.commented_link(quote!(.query(#key, #value)), before, after));
                }
                Some(out)
            }
            _ => None,
        }
    }

    fn commented_link(
        &mut self,
        link: TokenStream,
        before: Vec<String>,
        after: Vec<String>,
    ) -> TokenStream {
        let inserts = &mut self.shared.inserts;
        let mut out = TokenStream::new();
        for line in before {
            out.extend(inserts.link_comment(&line, false));
        }
        out.extend(link);
        if !after.is_empty() {
            out.extend(inserts.link_comment(&after.join(" "), true));
        }
        out
    }

    fn headers(&mut self, value: &'a Expr, media: bool) -> Option<Vec<TokenStream>> {
        let entries = match &*value.kind {
            ExprKind::Array(entries) if !is_repeated(entries) => entries,
            ExprKind::Null => return Some(Vec::new()),
            _ => return None,
        };
        let mut out = Vec::new();
        let mut from = value.span.start;
        for (index, entry) in entries.iter().enumerate() {
            let ExprKind::Text(key) = &*entry.key.as_ref()?.kind else {
                return None;
            };
            if entry.spread || matches!(*entry.value.kind, ExprKind::Array(_)) {
                return None;
            }
            let until = entries.get(index + 1).map_or(value.span.end, start);
            let before = self.comments_between(from, start(entry));
            from = entry.value.span.end;
            // Only the client knows the boundary of an upload.
            if media && key.eq_ignore_ascii_case("content-type") {
                continue;
            }
            if RESERVED.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                let message = format!("the header {key} is set by the client");
                let problem = Problem::error(entry.value.span, message).hint("leave it out");
                let problem = self.problem(problem);
                out.push(quote!(.header(#key, #problem)));
                continue;
            }
            let text = match &*entry.value.kind {
                ExprKind::Int(number) => {
                    let text = number.to_string();
                    quote!(#text)
                }
                _ => self.expr(&entry.value).text(),
            };
            let after = self.comments_after(entry.value.span.end, until);
            out.push(self.commented_link(quote!(.header(#key, #text)), before, after));
        }
        Some(out)
    }

    /// A time of Guzzle in seconds; zero is no limit.
    pub(crate) fn seconds(&mut self, value: &'a Expr) -> TokenStream {
        #[allow(clippy::cast_precision_loss, reason = "seconds")]
        let seconds = match &*value.kind {
            ExprKind::Int(seconds) => Some(*seconds as f64),
            ExprKind::Float(seconds) => Some(*seconds),
            _ => None,
        };
        let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0 && *seconds < 1e9) else {
            let code = self.expr(value);
            let seconds = self.plain_ref(&code, value.span);
            return quote!(php::seconds(#seconds));
        };
        self.shared.uses.insert("std::time::Duration");
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not below 0"
        )]
        let millis = (seconds * 1000.0).round() as u64;
        let number = |number: u64| proc_macro2::Literal::u64_unsuffixed(number);
        if millis.is_multiple_of(1000) {
            let seconds = number(millis / 1000);
            quote!(Duration::from_secs(#seconds))
        } else {
            let millis = number(millis);
            quote!(Duration::from_millis(#millis))
        }
    }

    /// The path of a file: `file:///a` is `/a`.
    pub(crate) fn file_path(&mut self, value: &'a Expr) -> Option<TokenStream> {
        if let ExprKind::Text(text) = &*value.kind {
            let path = text.strip_prefix("file://").unwrap_or(text);
            return Some(quote!(#path));
        }
        let code = self.expr(value);
        let tokens = &code.tokens;
        match code.repr {
            Repr::Str | Repr::String | Repr::StringPlace => {
                Some(quote!(#tokens.trim_start_matches("file://")))
            }
            _ => None,
        }
    }

    /// Says something; once.
    pub(crate) fn say(&mut self, problem: Problem) {
        if !self.shared.problems.contains(&problem) {
            self.shared.problems.push(problem);
        }
    }

    /// The comments that stand between two places, in what is laid out here.
    pub(crate) fn comments_between(&mut self, from: usize, to: usize) -> Vec<String> {
        if !self.is_main {
            return Vec::new();
        }
        self.shared
            .take_comments(|span, _| span.start >= from && span.end <= to)
    }

    /// The comments that stand behind a place on its line.
    pub(crate) fn comments_after(&mut self, from: usize, until: usize) -> Vec<String> {
        if !self.is_main {
            return Vec::new();
        }
        let text = &self.shared.block.text;
        self.shared.take_comments(|span, trailing| {
            let gap = text.get(from..span.start);
            trailing
                && span.start >= from
                && span.start < until
                && gap.is_some_and(|gap| !gap.contains('\n'))
        })
    }
}

/// How deep `json!` may go: the compiler's limit less what may stand around it.
const DEEPEST: usize = 105;
/// How many plain members an object may have.
const MEMBERS: usize = 30;

/// Headers that only the client may set.
pub(super) const RESERVED: [&str; 4] = [
    "Authorization",
    "Host",
    "Content-Length",
    "Transfer-Encoding",
];

/// What the option `debug` is told of.
pub(super) const DEBUG: &str = "the option `debug` is left out: in PHP it prints the requests and answers; here the feature `tracing` records them";

/// Guzzle's options, and what to use in their place; nothing where they change no request.
const ELSEWHERE: [(&str, &str); 26] = [
    ("allow_redirects", "redirects are never followed"),
    (
        "auth",
        "the stack's `signer` makes the Authorization header",
    ),
    ("cert", "build the client with `.certificate(..)`"),
    ("connect_timeout", "use `ClientBuilder::connect_timeout`"),
    ("cookies", "WeChat Pay sets none"),
    ("curl", "`ClientBuilder` has what the transport can be told"),
    ("debug", ""),
    ("decode_content", "set the header Accept-Encoding"),
    ("delay", "wait before the call"),
    ("expect", ""),
    ("force_ip_resolve", "use `ClientBuilder::transport`"),
    ("form_params", "WeChat Pay takes no forms"),
    (
        "http_errors",
        "an answer that is not 2xx is an `Err`; use `php::without_http_errors`",
    ),
    ("idn_conversion", ""),
    ("multipart", "upload with `Media`: docs/files.md"),
    ("on_headers", "a middleware sees the headers"),
    ("on_stats", "a middleware sees the call"),
    (
        "progress",
        "use `Download::on_progress` or `Media::on_progress`",
    ),
    ("proxy", "use `ClientBuilder::proxy`"),
    ("read_timeout", "use `ClientBuilder::read_timeout`"),
    ("ssl_key", "build the client with `.private_key(..)`"),
    ("stream", "use `Call::stream`"),
    ("synchronous", ""),
    ("verify", "use `ClientBuilder::root_certificate`"),
    ("version", "HTTP/2 and HTTP/1.1 are negotiated"),
    ("handler", "use `Client::with_stack`"),
];

/// `{+url}` may be APIv2's, which PHP sees only when it has the value.
fn hidden_v2(sdk: &Sdk) -> Option<Problem> {
    let [PathPiece::Text(path)] = &*sdk.path else {
        return None;
    };
    let (name, _) = path.strip_prefix('{')?.split_once('}')?;
    let name = name.trim_start_matches(['+', '#', '/', '.']);
    let options = sdk.options.as_ref().ok()?;
    let of = |wanted: &str| options.iter().find(|(known, _)| known == wanted);
    let v2 = match of(name).map(|(_, value)| &*value.kind) {
        Some(ExprKind::Text(text)) => {
            let text = text.trim_start_matches('/').to_ascii_lowercase();
            Some(text.starts_with("v2/") || text == "v2")
        }
        _ => None,
    };
    let hint = "write the path itself: `chain('v2/…')`";
    match (v2, of("xml")) {
        (Some(true), Some((_, value))) | (None, Some((_, value))) => Some(
            Problem::error(
                value.span,
                "whether this is a call of APIv2 is in a variable of the path",
            )
            .hint(hint),
        ),
        (Some(true), None) => Some(
            Problem::error(
                sdk.span,
                "a variable of the path makes this a call of APIv2",
            )
            .hint(hint),
        ),
        _ => None,
    }
}

/// Whether a key is given twice: of an array, the last value counts.
fn is_repeated(entries: &[Entry]) -> bool {
    let keys = entries.iter().filter_map(|entry| entry.key.as_ref());
    let mut known = BTreeSet::new();
    let mut texts = keys.filter_map(|key| match &*key.kind {
        ExprKind::Text(text) => Some(text),
        _ => None,
    });
    !texts.all(|text| known.insert(text))
}

/// The Content-Type among the headers of a call.
fn content_type(sdk: &Sdk) -> Option<&Expr> {
    let options = sdk.options.as_ref().ok()?;
    let mut headers = options.iter().filter(|(name, _)| name == "headers");
    headers.find_map(|(_, value)| {
        let ExprKind::Array(entries) = &*value.kind else {
            return None;
        };
        let mut types = entries.iter().filter(|entry| {
            let key = entry.key.as_ref().map(|key| &*key.kind);
            matches!(key, Some(ExprKind::Text(name)) if name.eq_ignore_ascii_case("content-type"))
        });
        types.next_back().map(|entry| &entry.value)
    })
}

/// Why WeChat Pay does not read an upload as PHP sends it. The client of Rust always names the type with its boundary.
fn wrong_type(sdk: &Sdk, body: Span) -> Option<Problem> {
    let options = sdk.options.as_ref().ok()?;
    let is_known = |value: &Expr| matches!(*value.kind, ExprKind::Array(_) | ExprKind::Null);
    let mut headers = options.iter().filter(|(name, _)| name == "headers");
    if !headers.all(|(_, value)| is_known(value)) {
        return None;
    }
    let problem = match content_type(sdk) {
        None => Problem::error(
            body,
            "an upload without its Content-Type, which PHP sends as `application/json`",
        ),
        Some(given) if matches!(*given.kind, ExprKind::Text(_) | ExprKind::Null) => Problem::error(
            given.span,
            "an upload with a Content-Type that lacks the boundary of its parts",
        ),
        Some(_) => return None,
    };
    Some(problem.hint("give `'headers' => ['Content-Type' => $media->getContentType()]`"))
}

/// Where an item of an array begins.
pub(crate) fn start(entry: &Entry) -> usize {
    entry
        .key
        .as_ref()
        .map_or(entry.value.span.start, |key| key.span.start)
}

/// The names of the variables of a path.
fn variables(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for piece in path.split('{').skip(1) {
        let Some((inner, _)) = piece.split_once('}') else {
            continue;
        };
        if inner.starts_with('+') {
            continue;
        }
        let inner = inner.trim_start_matches(['#', '.', '/', ';', '?', '&']);
        for name in inner.split(',') {
            let name = name.split(':').next().unwrap_or_default();
            let name = name.trim().trim_end_matches('*').to_owned();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn has_variable(path: &str, name: &str) -> bool {
    path.contains(&format!("{{+{name}}}")) || variables(path).iter().any(|known| known == name)
}

fn is_headers(entry: &Entry) -> bool {
    let key = entry.key.as_ref().map(|key| &*key.kind);
    matches!(key, Some(ExprKind::Text(name)) if name == "headers")
}

/// Whether a path begins with a value.
fn begins_with(sdk: &Sdk) -> bool {
    matches!(sdk.path.first(), Some(PathPiece::Value { .. }))
}
