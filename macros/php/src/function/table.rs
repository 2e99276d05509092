//! The table: Rust function, parameters, result, and whether it returns a `Result`.

use super::args::Outcome;
use super::{Default, Function, Param, Type};
use crate::BLANKS;

/// The value of one parameter, as the Rust function takes it.
macro_rules! arg {
    ($args:ident text) => {
        &*$args.text()?
    };
    ($args:ident ascii) => {
        &*$args.ascii()?
    };
    ($args:ident number) => {
        &$args.number()?
    };
    ($args:ident $kind:ident) => {
        $args.$kind()?
    };
}

macro_rules! ty {
    (text) => {
        Type::Text
    };
    (ascii) => {
        Type::Text
    };
    (int) => {
        Type::Int
    };
    (maybe_int) => {
        Type::MaybeInt
    };
    (flag) => {
        Type::Bool
    };
    (array) => {
        Type::Array
    };
    (number) => {
        Type::Number
    };
    ($any:ident) => {
        Type::Any
    };
}

macro_rules! default {
    (flag false) => {
        Default::False
    };
    ($kind:ident null) => {
        Default::Null
    };
    (int $number:expr) => {
        Default::Int($number)
    };
    ($text:ident $value:expr) => {
        Default::Text($value)
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($kind:ident $value:tt) => {
        Some(default!($kind $value))
    };
}

macro_rules! throws {
    () => {
        false
    };
    (throws) => {
        true
    };
}

macro_rules! run {
    (here $name:ident $($kind:ident)*) => {
        Some(|mut _args| crate::$name($(arg!(_args $kind)),*).outcome())
    };
    (elsewhere $name:ident $($kind:ident)*) => {
        None
    };
}

macro_rules! table {
    ($($place:ident {
        $($name:ident($($kind:ident $(= $default:tt)?),*) -> $returns:ident $($throws:ident)?;)*
    })*) => {
        pub(super) static TABLE: &[Function] = &[$($(Function {
            name: stringify!($name),
            params: &[$(Param { ty: ty!($kind), default: optional!($($kind $default)?) }),*],
            returns: Type::$returns,
            throws: throws!($($throws)?),
            run: run!($place $name $($kind)*),
        }),*),*];
    };
}

// A `text` may have any character, an `ascii` stands for single bytes, a `number` is `int|float`.
table! {
here {
    abs(number) -> Any throws;
    array_column(array, any, any = null) -> Any throws;
    array_combine(array, array) -> Any throws;
    array_filter(array) -> Any;
    array_flip(array) -> Any;
    array_key_exists(any, array) -> Bool;
    array_keys(array) -> Any;
    array_replace(array, array) -> Any throws;
    array_reverse(array) -> Any;
    array_search(any, array, flag = false) -> Any;
    array_slice(array, int, maybe_int = null) -> Any;
    array_sum(array) -> Any throws;
    array_unique(array) -> Any;
    array_values(array) -> Any;
    base_url(text) -> Text;
    base_url_for(text, text) -> Text;
    base_url_of_root(text) -> Text throws;
    basename(text, text = "") -> Text;
    bcadd(text, text, int = 0) -> Text throws;
    bccomp(text, text, int = 0) -> Int throws;
    bcdiv(text, text, int = 0) -> Text throws;
    bcmod(text, text, int = 0) -> Text throws;
    bcmul(text, text, int = 0) -> Text throws;
    bcsub(text, text, int = 0) -> Text throws;
    bin2hex(text) -> Text;
    ceil(number) -> Any throws;
    counted(any) -> Int throws;
    explode(text, text, maybe_int = null) -> Any throws;
    float(any) -> Float;
    floor(number) -> Any throws;
    gettype(any) -> Text;
    htmlspecialchars(text) -> Text;
    http_build_query(array, flag) -> Text;
    in_array(any, array, flag = false) -> Bool;
    int(any) -> Int;
    intdiv(int, int) -> Int throws;
    intval(any, int = 10) -> Any throws;
    is_array(any) -> Bool;
    is_float(any) -> Bool;
    is_int(any) -> Bool;
    is_numeric(any) -> Bool;
    joined_by_line_feed(array) -> Text;
    json_decode(text) -> Any;
    json_decode_array(text) -> Any;
    json_encode(any, int = 0) -> Text;
    json_error(text) -> Int;
    json_error_text(int) -> Text;
    json_text(text) -> Text;
    keys_prefixed(array, text) -> Any;
    ksort(array) -> Any;
    ksort_text(array) -> Any;
    lcfirst(text) -> Text;
    ltrim(text, ascii = BLANKS) -> Text;
    mb_strlen(text) -> Int;
    mb_strtolower(text) -> Text;
    mb_strtoupper(text) -> Text;
    mb_substr(text, int, maybe_int = null) -> Text;
    no_client(any) -> Any throws;
    number_format(number, int = 0, text = ".", text = ",") -> Text throws;
    print_r(any) -> Text;
    print_r_object(any) -> Text;
    query_string_like(array) -> Text;
    rawurldecode(text) -> Text throws;
    rawurlencode(text) -> Text;
    round(number, int = 0) -> Any throws;
    rtrim(text, ascii = BLANKS) -> Text;
    spread_values(any, any) -> Any throws;
    str_contains(text, text) -> Bool;
    str_ends_with(text, text) -> Bool;
    str_pad(text, int, text = " ", int = 1) -> Text throws;
    str_repeat(text, int) -> Text throws;
    str_replace(any, any, any) -> Any throws;
    str_split(text, int = 1) -> Any throws;
    str_starts_with(text, text) -> Bool;
    strcasecmp(text, text) -> Int;
    strcmp(text, text) -> Int;
    strict_number(any) -> Any throws;
    strlen(text) -> Int;
    strpos(text, text, int = 0) -> Any throws;
    strrev(text) -> Text throws;
    strrpos(text, text) -> Any;
    strtolower(text) -> Text;
    strtoupper(text) -> Text;
    substr(text, int, maybe_int = null) -> Text throws;
    text(any) -> Text;
    trim(text, ascii = BLANKS) -> Text;
    truth(any) -> Bool;
    ucfirst(text) -> Text;
    ucwords(text) -> Text;
    unrooted_path(text) -> Text throws;
    urldecode(text) -> Text throws;
    urlencode(text) -> Text;
    valid_json(text) -> Text throws;
}
elsewhere {
    base64_again(text) -> Text;
    base64_decode(text) -> Text throws;
    base64_length(text) -> Int;
    base64_of_hex(text) -> Text throws;
    base64_of_hex2bin(text) -> Text;
    file_url(text) -> Text;
    getenv(text) -> Any;
    hash_equals(text, any = null) -> Bool;
    hash_md5(text, text, flag = false) -> Text throws;
    hmac_sha256(text, text) -> Text throws;
    md5(text) -> Text throws;
    nonce(int) -> Text throws;
    openssl_decrypt_gcm(text, text, text, text) -> Any throws;
    openssl_sign(text, text) -> Text throws;
    openssl_verify(text, text, text) -> Any throws;
    private_key_or_false(text) -> Any;
    private_key_text(text) -> Text throws;
    public_key_or_false(text) -> Any;
    public_key_text(text) -> Text throws;
    random_base64(int) -> Text throws;
    random_hex(int) -> Text throws;
    reason_phrase(int) -> Text;
    sha1(text) -> Text;
    spread_arguments(any, array, int, text) -> Any throws;
    sha256(text) -> Text;
    sodium_decrypt(text, text, text, text) -> Any throws;
    time() -> Int;
    uniqid() -> Text;
    xml_to_array(text) -> Any;
    base64_encode(text) -> Text;
}
}
