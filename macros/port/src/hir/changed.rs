//! The arguments that functions of PHP change.

/// The parameters that a function of PHP takes by reference, counted from 0.
///
/// Source: the signatures with `&` of the PHP manual's function reference.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Changed {
    /// Each of these.
    At(&'static [usize]),
    /// This one and all after it.
    From(usize),
    /// The argument in a way that no method can show: its order and keys, or each of its items.
    Unclear,
    /// The position within an array, which Rust's arrays do not have.
    Cursor,
}

/// The arguments that a function of PHP changes, if it changes any.
pub(crate) fn changed(name: &str) -> Option<Changed> {
    use Changed::{At, Cursor, From, Unclear};
    Some(match name {
        "key" | "current" | "pos" | "next" | "prev" | "each" => Cursor,
        "asort"
        | "arsort"
        | "rsort"
        | "krsort"
        | "uasort"
        | "uksort"
        | "array_walk"
        | "array_walk_recursive"
        | "array_multisort" => Unclear,
        "ksort"
        | "sort"
        | "usort"
        | "array_pop"
        | "array_push"
        | "array_shift"
        | "array_unshift"
        | "natsort"
        | "natcasesort"
        | "shuffle"
        | "array_splice"
        | "settype"
        | "sodium_memzero"
        | "sodium_increment"
        | "sodium_add"
        | "sodium_crypto_generichash_update"
        | "sodium_crypto_generichash_final"
        | "sodium_crypto_sign_update"
        | "sodium_crypto_secretstream_xchacha20poly1305_push"
        | "sodium_crypto_secretstream_xchacha20poly1305_pull"
        | "sodium_crypto_secretstream_xchacha20poly1305_rekey"
        | "pcntl_wait" => At(&[0]),
        "openssl_sign"
        | "openssl_open"
        | "openssl_public_encrypt"
        | "openssl_private_encrypt"
        | "openssl_private_decrypt"
        | "openssl_public_decrypt"
        | "openssl_pkcs12_read"
        | "openssl_pkcs12_export"
        | "openssl_pkcs7_read"
        | "openssl_cms_read"
        | "openssl_pkey_export"
        | "openssl_x509_export"
        | "openssl_csr_export"
        | "openssl_csr_new"
        | "openssl_random_pseudo_bytes"
        | "system"
        | "passthru"
        | "mb_parse_str"
        | "parse_str"
        | "getimagesize"
        | "getimagesizefromstring"
        | "curl_multi_exec"
        | "curl_multi_info_read"
        | "apcu_fetch"
        | "apc_fetch"
        | "wincache_ucache_get"
        | "pcntl_waitpid"
        | "collator_sort"
        | "collator_asort"
        | "socket_recv"
        | "socket_recvmsg" => At(&[1]),
        "preg_match"
        | "preg_match_all"
        | "similar_text"
        | "getopt"
        | "is_callable"
        | "mb_ereg"
        | "mb_eregi"
        | "ereg"
        | "eregi"
        | "flock"
        | "proc_open"
        | "apcu_inc"
        | "apcu_dec"
        | "stream_socket_accept"
        | "pcntl_sigprocmask"
        | "ldap_get_option" => At(&[2]),
        "str_replace"
        | "str_ireplace"
        | "preg_replace_callback_array"
        | "idn_to_ascii"
        | "idn_to_utf8"
        | "socket_create_pair"
        | "stream_socket_recvfrom" => At(&[3]),
        "preg_replace" | "preg_filter" | "preg_replace_callback" | "grapheme_extract" => At(&[4]),
        "openssl_encrypt" => At(&[5]),
        "openssl_seal" => At(&[1, 2, 5]),
        "headers_sent" => At(&[0, 1]),
        "exec"
        | "getmxrr"
        | "dns_get_mx"
        | "stream_socket_client"
        | "stream_socket_server"
        | "socket_getpeername"
        | "socket_getsockname" => At(&[1, 2]),
        "fsockopen" | "pfsockopen" | "dns_get_record" | "xml_parse_into_struct" => At(&[2, 3]),
        "stream_select" | "socket_select" => At(&[0, 1, 2]),
        "exif_thumbnail" => At(&[1, 2, 3]),
        "socket_recvfrom" => At(&[1, 4, 5]),
        "msg_receive" => At(&[2, 4, 7]),
        "msg_send" => At(&[5]),
        "sscanf"
        | "fscanf"
        | "mb_convert_variables"
        | "ldap_parse_result"
        | "mysqli_stmt_bind_param" => From(2),
        "mysqli_stmt_bind_result" => From(1),
        _ => return None,
    })
}

impl Changed {
    /// The arguments that a call with so many of them may change, counted from 0.
    pub(crate) fn places(self, count: usize) -> impl Iterator<Item = usize> {
        let at = move |place: usize| match self {
            Self::At(places) => places.contains(&place),
            Self::From(first) => first <= place,
            Self::Unclear => true,
            Self::Cursor => false,
        };
        (0..count).filter(move |place| at(*place))
    }
}
