//! The functions of PHP that do here what they do there: their parameters, defaults and results.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Ty;

/// A function of PHP.
#[derive(Debug, Clone, PartialEq)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it gives.
    pub returns: Ty,
    /// Whether it may throw.
    pub throws: bool,
}

/// A parameter of a function of PHP.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its type; `Maybe(Int)` is null when it is left out.
    pub ty: Ty,
    /// Its value when it is left out.
    pub default: Option<Default>,
}

/// What a parameter is when it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// `null`
    Null,
    /// `false`
    False,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(&'static str),
}

impl Builtin {
    /// The function of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        TABLE.get(name)
    }
}

/// Name, parameters, result: `t` is a text, `i` a whole number, `b` a bool, `f` a float, `v` any value,
/// `?i` a whole number or null. `!` may throw.
const FUNCTIONS: &str = "
abs v v!
array_combine v,v v!
array_filter v v
array_flip v v
array_key_exists v,v b
array_keys v v
array_reverse v v
array_search v,v,b=false v
array_slice v,i,?i=null v
array_sum v v!
array_unique v v
array_values v v
array_column v,v,v=null v!
base64_encode t t
base64_decode t t!
basename t,t= t
bcadd t,t,i=0 t!
bccomp t,t,i=0 i!
bcdiv t,t,i=0 t!
bcmod t,t,i=0 t!
bcmul t,t,i=0 t!
bcsub t,t,i=0 t!
bin2hex t t
ceil v v!
counted v i!
explode t,t,?i=null v!
float v f
floor v v!
getenv t v
gettype v t
hmac_sha256 t,t t!
htmlspecialchars t t
http_build_query v,b t
in_array v,v,b=false b
int v i
intdiv i,i i!
is_array v b
is_float v b
is_int v b
is_numeric v b
json_decode t v
json_decode_array t v
json_encode v,i=0 t
joined_by_line_feed v t
ksort v v
ksort_text v v
lcfirst t t
ltrim t,t=BLANKS t
mb_strlen t i
mb_substr t,i,?i=null t
md5 t t!
nonce i t!
number_format v,i=0,t=.,t=COMMA t!
print_r v t
query_string_like v t
rawurldecode t t!
rawurlencode t t
round v,i=0 v!
rtrim t,t=BLANKS t
sha1 t t
sha256 t t
str_contains t,t b
str_ends_with t,t b
str_pad t,i,t=SPACE,i=1 t!
str_repeat t,i t!
str_replace v,v,v v!
str_split t,i=1 v!
str_starts_with t,t b
strlen t i
strpos t,t,i=0 v!
strrev t t!
strrpos t,t v
strtolower t t
strtoupper t t
substr t,i,?i=null t!
text v t
time - i
trim t,t=BLANKS t
truth v b
ucfirst t t
uniqid - t
ucwords t t
urldecode t t!
urlencode t t
";

static TABLE: LazyLock<BTreeMap<&'static str, Builtin>> = LazyLock::new(|| {
    let rows = FUNCTIONS.lines().filter(|line| !line.is_empty());
    rows.map(|row| {
        let mut words = row.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (name, params, result) = (word(), word(), word());
        let params = params.split(',').filter(|param| *param != "-");
        let builtin = Builtin {
            name,
            params: params.map(param).collect(),
            returns: ty(result.trim_end_matches('!')),
            throws: result.ends_with('!'),
        };
        (name, builtin)
    })
    .collect()
});

fn param(written: &'static str) -> Param {
    let (kind, default) = match written.split_once('=') {
        Some((kind, default)) => (kind, Some(default)),
        None => (written, None),
    };
    let default = default.map(|default| match (kind, default) {
        (_, "null") => Default::Null,
        (_, "false") => Default::False,
        ("i", number) => Default::Int(number.parse().unwrap_or_default()),
        (_, "BLANKS") => Default::Text(" \t\n\r\0\u{b}"),
        (_, "SPACE") => Default::Text(" "),
        (_, "COMMA") => Default::Text(","),
        (_, text) => Default::Text(text),
    });
    Param {
        ty: ty(kind),
        default,
    }
}

fn ty(letter: &str) -> Ty {
    match letter {
        "t" => Ty::Text,
        "i" => Ty::Int,
        "b" => Ty::Bool,
        "f" => Ty::Float,
        "?i" => Ty::Maybe(Box::new(Ty::Int)),
        _ => Ty::Any,
    }
}

/// What PHP calls some functions that have another name here.
#[must_use]
pub fn known_as(name: &str) -> &str {
    match name {
        "count" | "sizeof" => "counted",
        "strval" => "text",
        "intval" => "int",
        "floatval" | "doubleval" => "float",
        "boolval" => "truth",
        "chop" => "rtrim",
        "key_exists" => "array_key_exists",
        "is_integer" | "is_long" => "is_int",
        "is_double" => "is_float",
        // Names that only the table uses.
        "counted"
        | "text"
        | "int"
        | "float"
        | "truth"
        | "ksort_text"
        | "json_decode"
        | "http_build_query"
        | "sha256"
        | "hmac_sha256"
        | "nonce"
        | "print_r"
        | "json_decode_array"
        | "ksort"
        | "joined_by_line_feed"
        | "query_string_like" => "",
        name => name,
    }
}

/// The value of a constant of PHP.
#[must_use]
pub fn constant(name: &str) -> Option<serde_json::Value> {
    use serde_json::Value;
    let number = match name {
        "JSON_HEX_TAG"
        | "PHP_QUERY_RFC1738"
        | "SORT_NUMERIC"
        | "STR_PAD_RIGHT"
        | "JSON_OBJECT_AS_ARRAY" => 1,
        "JSON_HEX_AMP"
        | "PHP_QUERY_RFC3986"
        | "SORT_STRING"
        | "STR_PAD_BOTH"
        | "JSON_BIGINT_AS_STRING" => 2,
        "JSON_HEX_APOS" => 4,
        "JSON_HEX_QUOT" => 8,
        "JSON_FORCE_OBJECT" => 16,
        "JSON_NUMERIC_CHECK" => 32,
        "JSON_UNESCAPED_SLASHES" => 64,
        "JSON_PRETTY_PRINT" => 128,
        "JSON_UNESCAPED_UNICODE" => 256,
        "JSON_PRESERVE_ZERO_FRACTION" => 1024,
        "JSON_THROW_ON_ERROR" => 4_194_304,
        "PHP_INT_MAX" => i64::MAX,
        "PHP_INT_MIN" => i64::MIN,
        "PHP_INT_SIZE" => 8,
        "SORT_REGULAR" | "STR_PAD_LEFT" => 0,
        "PHP_EOL" => return Some(Value::from("\n")),
        "DIRECTORY_SEPARATOR" => return Some(Value::from("/")),
        _ => return None,
    };
    Some(Value::from(number))
}
