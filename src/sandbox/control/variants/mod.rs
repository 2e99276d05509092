//! Texts that clients sign in place of the right one.

mod bodies;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::views::Said;
use bodies::bodies;

/// The parts that a text is built of.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) host: &'a str,
    pub(super) timestamp: i64,
    pub(super) nonce: &'a str,
    pub(super) body: &'a [u8],
    /// What was sent, when only part of it is signed.
    pub(super) sent: &'a [u8],
}

/// A part written otherwise, and what was done to it; `None` is as it should be.
type Variant<T> = (Option<Said>, T);

/// Queries with more parameters are sorted and not permuted.
const PERMUTED: usize = 4;
/// RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Builds texts with one thing changed, then with two, until `is_it` says yes; gives that text and
/// what was changed.
pub(super) fn search(
    parts: &Parts<'_>,
    is_it: impl Fn(&[u8]) -> bool,
) -> Option<(Vec<u8>, Vec<Said>)> {
    let (targets, bodies) = (targets(parts), bodies(parts));
    let text = |layout: &Layout, target: usize, body: usize| {
        layout.text(parts, &targets[target].1, &bodies[body].1)
    };
    for wanted in 1..=2 {
        for (said, layout) in LAYOUTS {
            for (target, (of_target, _)) in targets.iter().enumerate() {
                for (body, (of_body, _)) in bodies.iter().enumerate() {
                    let changes: Vec<_> =
                        [said, *of_target, *of_body].into_iter().flatten().collect();
                    if changes.len() != wanted {
                        continue;
                    }
                    let text = text(&layout, target, body);
                    if is_it(&text) {
                        return Some((text, changes));
                    }
                }
            }
        }
    }
    None
}

/// How the lines are put together.
#[derive(Clone, Copy)]
enum Layout {
    Right,
    NoLastBreak,
    NoBodyLine,
    Crlf,
    Literal,
    NonceFirst,
    LowerMethod,
    NoBreaks,
}

const LAYOUTS: [(Option<Said>, Layout); 8] = [
    (None, Layout::Right),
    (
        Some((
            "the last line break is missing: the body, too, is followed by \\n",
            "缺少最后一个换行符：报文主体之后也要有 \\n",
        )),
        Layout::NoLastBreak,
    ),
    (
        Some((
            "the line of the body is missing: an empty body still has its \\n",
            "缺少报文主体一行：报文主体为空时也要有 \\n",
        )),
        Layout::NoBodyLine,
    ),
    (
        Some((
            "the lines end with \\r\\n in place of \\n",
            "换行用了 \\r\\n，应为 \\n",
        )),
        Layout::Crlf,
    ),
    (
        Some((
            "the lines end with a backslash and an n in place of a line break: the text is in quotes \
               that do not know \\n",
            "换行写成了反斜杠加 n 两个字符：所用的引号不解释 \\n",
        )),
        Layout::Literal,
    ),
    (
        Some((
            "the nonce stands before the timestamp",
            "随机串写在了时间戳之前",
        )),
        Layout::NonceFirst,
    ),
    (
        Some(("the method is in lower case", "请求方法写成了小写")),
        Layout::LowerMethod,
    ),
    (
        Some(("there are no line breaks", "没有换行符")),
        Layout::NoBreaks,
    ),
];

impl Layout {
    fn text(self, parts: &Parts<'_>, target: &str, body: &[u8]) -> Vec<u8> {
        let (method, nonce) = (parts.method, parts.nonce);
        let timestamp = parts.timestamp;
        let lower = method.to_ascii_lowercase();
        let head = match self {
            Self::Right | Self::NoLastBreak => {
                format!("{method}\n{target}\n{timestamp}\n{nonce}\n")
            }
            Self::NoBodyLine => {
                return format!("{method}\n{target}\n{timestamp}\n{nonce}\n").into();
            }
            Self::Crlf => format!("{method}\r\n{target}\r\n{timestamp}\r\n{nonce}\r\n"),
            Self::Literal => format!("{method}\\n{target}\\n{timestamp}\\n{nonce}\\n"),
            Self::NonceFirst => format!("{method}\n{target}\n{nonce}\n{timestamp}\n"),
            Self::LowerMethod => format!("{lower}\n{target}\n{timestamp}\n{nonce}\n"),
            Self::NoBreaks => format!("{method}{target}{timestamp}{nonce}"),
        };
        let end = match self {
            Self::NoLastBreak | Self::NoBreaks => "",
            Self::Crlf => "\r\n",
            Self::Literal => "\\n",
            _ => "\n",
        };
        [head.as_bytes(), body, end.as_bytes()].concat()
    }
}

fn targets(parts: &Parts<'_>) -> Vec<Variant<String>> {
    let target = parts.target;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut found = vec![(None, target.to_owned())];
    let mut add = |said: Said, text: String| {
        if found.iter().all(|(_, known)| *known != text) {
            found.push((Some(said), text));
        }
    };
    let with = |query: &str| format!("{path}?{query}");
    if !query.is_empty() {
        add(("the query is missing", "缺少查询参数"), path.to_owned());
        for query in reordered(query) {
            add(
                (
                    "the query's parameters are in another order than was sent",
                    "查询参数的顺序与实际发送的不同",
                ),
                with(&query),
            );
        }
        add(
            (
                "the query is decoded; what is signed is encoded as it is sent",
                "查询参数未编码：签名用的应与实际发送的一样",
            ),
            with(&decoded(query)),
        );
        let blanks = query.replace('+', " ");
        add(
            (
                "the query is decoded; what is signed is encoded as it is sent",
                "查询参数未编码：签名用的应与实际发送的一样",
            ),
            with(&decoded(&blanks)),
        );
        for query in encoded(query) {
            add(
                (
                    "the query is encoded otherwise than it was sent",
                    "查询参数的编码方式与实际发送的不同",
                ),
                with(&query),
            );
        }
    }
    add(
        (
            "the path is decoded; what is signed is encoded as it is sent",
            "路径未编码：签名用的应与实际发送的一样",
        ),
        decoded(target),
    );
    for scheme in ["https", "http"] {
        let whole = (
            "scheme and host are part of it; only path and query are signed",
            "包含了协议和域名：只用路径和查询参数",
        );
        add(whole, format!("{scheme}://{}{target}", parts.host));
        add(whole, format!("{scheme}://api.mch.weixin.qq.com{target}"));
    }
    add(
        ("the slash at its beginning is missing", "缺少开头的斜杠"),
        target.trim_start_matches('/').to_owned(),
    );
    let end = match path.strip_suffix('/') {
        Some(path) => path.to_owned(),
        None => format!("{path}/"),
    };
    add(
        (
            "it differs by the slash at the path's end",
            "路径末尾的斜杠不同",
        ),
        match query {
            "" => end,
            query => format!("{end}?{query}"),
        },
    );
    add(
        ("it has a ? and no query", "多了一个 ?"),
        format!("{path}?"),
    );
    found
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Sorted, and in all orders when there are few.
fn reordered(query: &str) -> Vec<String> {
    let mut pairs: Vec<&str> = query.split('&').collect();
    let mut orders = Vec::new();
    if pairs.len() <= PERMUTED {
        permute(&mut pairs, 0, &mut |order| orders.push(order.join("&")));
    } else {
        pairs.sort_unstable();
        orders.push(pairs.join("&"));
        pairs.reverse();
        orders.push(pairs.join("&"));
    }
    orders
}

fn permute(pairs: &mut Vec<&str>, from: usize, visit: &mut dyn FnMut(&[&str])) {
    if from + 1 >= pairs.len() {
        return visit(pairs);
    }
    for other in from..pairs.len() {
        pairs.swap(from, other);
        permute(pairs, from + 1, visit);
        pairs.swap(from, other);
    }
}

/// As RFC 3986 has it, as forms have it, and with digits in lower case.
fn encoded(query: &str) -> [String; 3] {
    let each = |encode: &dyn Fn(&str) -> String| {
        let pairs = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |text: &str| decoded(&text.replace('+', " "));
            format!("{}={}", encode(&plain(name)), encode(&plain(value)))
        });
        pairs.collect::<Vec<_>>().join("&")
    };
    let strict = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    [
        each(&strict),
        each(&|text| strict(text).replace("%20", "+")),
        each(&|text| lower_digits(&strict(text))),
    ]
}

fn lower_digits(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut lower = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at(piece.len().min(2));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(target: &'a str, body: &'a str) -> Parts<'a> {
        Parts {
            method: "POST",
            target,
            host: "127.0.0.1:80",
            timestamp: 1,
            nonce: "n",
            body: body.as_bytes(),
            sent: body.as_bytes(),
        }
    }

    fn found(target: &str, body: &str, signed: &str) -> Vec<&'static str> {
        let (text, said) = search(&parts(target, body), |text| text == signed.as_bytes()).unwrap();
        assert_eq!(text, signed.as_bytes());
        said.into_iter().map(|(english, _)| english).collect()
    }

    #[test]
    fn likely_mistakes_are_found() {
        let body = "{\"b\":\"店/1\",\"a\":1}";
        for (signed, word) in [
            (
                "POST\n/v3/a\n1\nn\n{\"b\":\"店/1\",\"a\":1}",
                "last line break",
            ),
            ("POST\n/v3/a\n1\nn\n\n", "body is missing"),
            ("POST\n/v3/a\n1\nn\n", "line of the body"),
            (
                "POST\n/v3/a\n1\nn\n{\"b\":\"\\u5e97\\/1\",\"a\":1}\n",
                "once more",
            ),
            (
                "POST\n/v3/a\n1\nn\n{\"b\": \"店/1\", \"a\": 1}\n",
                "once more",
            ),
            (
                "POST\n/v3/a\n1\nn\n{\"a\":1,\"b\":\"店/1\"}\n",
                "another order",
            ),
            (
                "POST\n/v3/a/\n1\nn\n{\"b\":\"店/1\",\"a\":1}\n",
                "slash at the path",
            ),
            (
                "POST\nhttps://127.0.0.1:80/v3/a\n1\nn\n{\"b\":\"店/1\",\"a\":1}\n",
                "scheme and host",
            ),
            (
                "post\n/v3/a\n1\nn\n{\"b\":\"店/1\",\"a\":1}\n",
                "lower case",
            ),
            (
                "POST\n/v3/a\nn\n1\n{\"b\":\"店/1\",\"a\":1}\n",
                "before the timestamp",
            ),
        ] {
            let said = found("/v3/a", body, signed);
            assert!(
                said.len() == 1 && said[0].contains(word),
                "{signed}: {said:?}"
            );
        }
    }

    #[test]
    fn mistakes_of_the_query_are_found() {
        let target = "/v3/a?x=%E5%BA%97+1&b=2";
        for (query, word) in [
            ("", "query is missing"),
            ("?b=2&x=%E5%BA%97+1", "another order"),
            ("?x=店 1&b=2", "decoded"),
            ("?x=%E5%BA%97%201&b=2", "encoded otherwise"),
            ("?x=%e5%ba%97%201&b=2", "encoded otherwise"),
        ] {
            let said = found(target, "", &format!("POST\n/v3/a{query}\n1\nn\n\n"));
            assert!(
                said.len() == 1 && said[0].contains(word),
                "{query}: {said:?}"
            );
        }
    }

    #[test]
    fn two_mistakes_are_found_and_what_is_none_is_not() {
        let said = found("/v3/a?b=1", "{\"a\": 1}", "POST\n/v3/a\n1\nn\n{\"a\":1}\n");
        assert_eq!(said.len(), 2);
        assert!(search(&parts("/v3/a", "{}"), |_| false).is_none());
    }
}
