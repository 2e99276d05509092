//! The generated tables. They are compressed in the program: as texts they were a sixteenth of the command.
//!
//! After a change of a text, run `UPDATE=1 cargo test -p wechatpay-schema compressed`.

use std::sync::LazyLock;

use miniz_oxide::inflate::decompress_to_vec_zlib;

/// The fields of all operations.
pub(crate) fn operations() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| text(include_bytes!("operations.txt.z")));
    &TEXT
}

/// WeChat Pay's terms for fields.
pub(crate) fn labels() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| text(include_bytes!("labels.txt.z")));
    &TEXT
}

/// A test proves for both tables that they are valid, so neither is empty.
fn text(compressed: &[u8]) -> String {
    let bytes = decompress_to_vec_zlib(compressed).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;
    use std::path::Path;
    use std::{env, fs};

    #[test]
    fn the_compressed_tables_are_those_of_the_texts() {
        for (name, table) in [("operations.txt", operations()), ("labels.txt", labels())] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            let text = fs::read_to_string(&path).unwrap();
            if env::var_os("UPDATE").is_some() {
                let compressed = compress_to_vec_zlib(text.as_bytes(), 10);
                fs::write(path.with_extension("txt.z"), compressed).unwrap();
                continue;
            }
            let hint = "run UPDATE=1 cargo test -p wechatpay-schema compressed";
            assert!(table == text, "{name}.z is not current: {hint}");
        }
    }
}
