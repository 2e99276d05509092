//! Files with merchants: TOML, one table `[[merchant]]` each.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::entry::MerchantEntry;
use super::settings::MerchantSettings;
use crate::bilingual::Bilingual;
use wechatpay_core::error::{Error, ErrorKind, Result, chinese};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merchants {
    merchant: Vec<MerchantEntry>,
}

/// Reads the merchants of a file. Files that it names are relative to it.
pub(crate) fn read_file(path: &Path) -> Result<Vec<MerchantSettings>> {
    let text = fs::read_to_string(path).map_err(|err| {
        let message = format!(
            "the merchants in {} cannot be read: name a TOML file that exists",
            path.display()
        );
        Error::new(ErrorKind::File, message).with_source(err)
    })?;
    // Some editors write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let merchants = parse(text).map_err(|why| wrong(path, why))?;
    if merchants.is_empty() {
        return Err(wrong(path, NO_MERCHANT));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let entries = merchants.into_iter().enumerate();
    entries
        .map(|(index, entry)| {
            entry.settings(Some(folder)).map_err(|err| {
                let (field, problem) = (err.field, err.problem);
                let en = format!("merchant[{index}].{field}: {}", problem.en);
                let zh = format!("merchant[{index}].{field}：{}", problem.zh);
                wrong(path, (en, zh).into())
            })
        })
        .collect()
}

const NO_MERCHANT: Bilingual = Bilingual::new(
    "it has no [[merchant]]: add at least one",
    "其中没有 [[merchant]]：请至少写一个",
);

/// The parser's message names the field and never shows the line, in which a key may stand.
fn parse(text: &str) -> Result<Vec<MerchantEntry>, Bilingual> {
    let syntax = |err: &toml::de::Error| {
        let line = err.span().map_or(1, |span| {
            let before = text.as_bytes().iter().take(span.start);
            before.filter(|byte| **byte == b'\n').count() + 1
        });
        Bilingual::from((
            format!(
                "line {line} is not TOML: write [[merchant]] and below it one name = \"value\" a line"
            ),
            format!("第 {line} 行不是 TOML：请写一行 [[merchant]]，下面每行写一项 名称 = \"值\""),
        ))
    };
    let document = toml::Deserializer::parse(text).map_err(|err| syntax(&err))?;
    let merchants: Merchants = serde_path_to_error::deserialize(document).map_err(|err| {
        let field = err.path().to_string();
        let advice = advice(&field, err.inner().message());
        let (en, zh) = advice.into_both();
        Bilingual::from((format!("{field}: {en}"), format!("{field}：{zh}")))
    })?;
    Ok(merchants.merchant)
}

/// A wrong type of a key is not quoted.
fn advice(field: &str, message: &str) -> Bilingual {
    let is_secret = ["key", "certificate"].iter().any(|it| field.ends_with(it));
    if is_secret && !message.starts_with("unknown field") {
        return Bilingual::new("give it as a text in quotation marks", "请写成引号中的文本");
    }
    let zh = chinese(message).unwrap_or_else(|| message.to_owned());
    Bilingual::from((
        format!("{message}; docs/sandbox.md lists the fields"),
        format!("{zh}；各项的说明见 docs/sandbox.zh-CN.md"),
    ))
}

fn wrong(path: &Path, why: Bilingual) -> Error {
    let (why, why_zh) = why.into_both();
    let message = format!("the merchants in {} are wrong: {why}", path.display());
    let chinese = format!("商户文件 {} 有误：{why_zh}", path.display());
    Error::new(ErrorKind::Builder, message).with_chinese(chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<MerchantSettings>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("merchants.toml");
        fs::write(&path, text).unwrap();
        read_file(&path).map_err(|err| {
            let report = err.report();
            assert!(report.contains("merchants.toml"), "{report}");
            report
        })
    }

    #[test]
    fn errors_name_file_and_field_and_what_to_do() {
        for (text, expected) in [
            ("", "missing field `merchant`"),
            ("merchant = []", "add at least one"),
            ("[[merchant]\n", "line 1 is not TOML"),
            (
                "[[merchant]]\nmchid = 1900000110\n",
                "merchant[0].mchid: invalid type",
            ),
            (
                "[[merchant]]\nmchid = \"12\"\n",
                "merchant[0].mchid: give the 8 to 10 digits",
            ),
            ("[[merchant]]\nname = \"x\"\n", "missing field `mchid`"),
            (
                "[[merchant]]\nmchid = \"1900000110\"\nkinds = \"any\"\n",
                "unknown field `kinds`, expected one of `mchid`",
            ),
            (
                "[[merchant]]\nmchid = \"1900000110\"\nkind = \"bank\"\n",
                "merchant[0].kind: unknown variant `bank`, expected one of `merchant`",
            ),
            (
                "[[merchant]]\nmchid = \"1900000110\"\n[[merchant]]\nmchid = \"1900000111\"\nproducts = [\"qr\"]\n",
                "merchant[1].products: \"qr\" is no product: there are jsapi",
            ),
            (
                "[[merchant]]\nmchid = \"1900000110\"\nsub_merchants = [\"1900000111\"]\n",
                "merchant[0].kind: an ordinary merchant has no sub-merchants",
            ),
            (
                "[[merchant]]\nmchid = \"1900000110\"\nprivate_key_file = \"none.pem\"\n",
                "correct private_key_file",
            ),
            (
                "[[merchant]]\nmchid = \"1900000110\"\nserial = \"xyz\"\n",
                "merchant[0].serial: give the serial",
            ),
            (
                "[[merchant]]\nmchid = \"1900000110\"\n[[merchant.brand_keys]]\nbrand_id = \"1\"\n",
                "merchant[0].brand_keys[0].private_key: it is missing",
            ),
        ] {
            let report = read(text).unwrap_err();
            assert!(report.contains(expected), "{report}");
        }
    }

    #[test]
    fn errors_never_quote_a_key() {
        for (member, field) in [
            ("apiv3_key = \"SECRET\"", "apiv3_key"),
            ("apiv3_key = 53435245", "apiv3_key"),
            ("v2_key = [\"SECRET\"]", "v2_key"),
            ("private_key = \"SECRET\"", "private_key"),
            ("private_key = SECRET", "line 3"),
            ("certificate = \"SECRET\"", "certificate"),
            (
                "brand_keys = [{brand_id = \"1\", private_key = \"SECRET\"}]",
                "brand_keys[0].private_key",
            ),
            (
                "brand_keys = [{brand_id = \"1\", private_key = 53435245}]",
                "brand_keys[0].private_key",
            ),
        ] {
            let report = read(&format!("[[merchant]]\nmchid = \"1900000110\"\n{member}\n"));
            let report = report.unwrap_err();
            assert!(report.contains(field), "{report}");
            assert!(
                !report.contains("SECRET") && !report.contains("53435245"),
                "{report}"
            );
        }
    }

    #[test]
    fn a_file_has_any_number_of_merchants() {
        let merchants = read(
            "[[merchant]]\nmchid = \"1900000110\"\nkind = \"service_provider\"\nmode = \"public_key\"\n\
             sub_merchants = [\"1900000111\"]\n[[merchant]]\nmchid = \"1900000111\"\nproducts = [\"native\"]\n",
        )
        .unwrap();
        assert_eq!(merchants.len(), 2);
        assert_eq!(merchants[0].sub_merchants, ["1900000111"]);
        assert_eq!(
            merchants[1].products.as_deref(),
            Some(&["native".to_owned()][..])
        );
    }
}
