//! The arguments that functions of PHP change.

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{Arg, ExprKind as PhpKind, Span};

/// The parameters that a function of PHP takes by reference, counted from 0.
///
/// Source: the signatures with `&` of the PHP manual's function reference.
enum Changed {
    /// Each of these.
    At(&'static [usize]),
    /// This one and all after it.
    From(usize),
    /// The argument in a way that no method can show: its order and keys, or each of its items.
    Unclear,
    /// The position within an array, which Rust's arrays do not have.
    Cursor,
}

fn changed(name: &str) -> Option<Changed> {
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
        "natsort"
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

impl<'a> Builder<'a> {
    /// A call of a function of PHP that changes an argument: the application's, which is given the variable.
    pub(super) fn changing(&mut self, span: Span, name: &str, args: &'a [Arg]) -> Option<Expr> {
        let changed = changed(name).filter(|_| !args.is_empty())?;
        if let "openssl_sign" | "openssl_public_encrypt" | "openssl_private_encrypt" = name {
            let message = format!("`{name}` sets raw bytes, which no text holds");
            let hint = "use `Rsa::sign` or `Rsa::encrypt`, which give base64";
            let problem = Problem::error(span, message).hint(hint);
            return Some(Expr::new(span, ExprKind::Refused(problem)));
        }
        let unclear = format!("`{name}`, which changes an argument,");
        let places: Vec<usize> = match changed {
            Changed::Cursor => {
                let message = format!("`{name}`, which depends on the position within an array,");
                return Some(self.unknown(span, &message));
            }
            Changed::Unclear => return Some(self.unknown(span, &unclear)),
            Changed::At(places) => places.to_vec(),
            Changed::From(first) => (first..args.len()).collect(),
        };
        let Some(mut values) = self.args(args) else {
            return Some(self.unknown(span, &unclear));
        };
        let mut given = places.into_iter().filter(|place| *place < args.len());
        let index = given.next()?;
        let variable = match &args[index].value.kind {
            PhpKind::Variable(name) if name != "this" && self.is_own(name) => name,
            _ => return Some(self.unknown(span, &unclear)),
        };
        if given.next().is_some() {
            let message = format!("`{name}`, which changes several arguments,");
            return Some(self.unknown(span, &message));
        }
        self.local(variable);
        self.kinds.insert(variable.clone(), Ty::Unknown);
        let changed = values.remove(index);
        if values.iter_mut().any(|value| reads(value, &changed)) {
            let what = format!("`{name}`, which is given the variable that it changes twice,");
            return Some(self.unknown(span, &what));
        }
        let mut call = self.foreign(span, vec![name.to_owned()], Some(changed), values);
        if let ExprKind::Foreign(foreign) = &mut *call.kind {
            foreign.changes = true;
        }
        Some(call)
    }
}

/// Whether a value reads a variable.
fn reads(value: &mut Expr, variable: &Expr) -> bool {
    let ExprKind::Local(variable) = *variable.kind else {
        return false;
    };
    let mut found = false;
    value.locals_mut(&mut |local, _| found |= *local == variable);
    found
}
