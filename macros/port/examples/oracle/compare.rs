//! Comparison of PHP's record with the Rust's.

use serde_json::Value;

use crate::case::{Case, Ported};
use crate::{php, shown};

pub(crate) fn compare(cases: &mut [Case]) {
    for case in cases {
        let ran = matches!(case.ported, Ported::Rust { .. });
        for run in &mut case.runs {
            run.difference = match php::mistake(&run.php) {
                Some(mistake) => Some(mistake),
                None if ran && run.script["safer"] == true => safer(&run.php, &run.rust).err(),
                None if ran && run.script["notify"].is_object() => {
                    notified(&run.script, &run.php, &run.rust).err()
                }
                None if ran => differs(&run.php, &run.rust).err(),
                None => None,
            };
        }
    }
}

type Same = Result<(), String>;

fn differs(php: &Value, rust: &Value) -> Same {
    if let Some(lost) = rust["lost"].as_str() {
        return Err(lost.to_owned());
    }
    if let Some(panic) = rust["panic"].as_str() {
        return Err(format!("it panics: {panic}"));
    }
    let (theirs, ours) = (list(&php["events"]), followed(list(&rust["events"])));
    for (place, (php, rust)) in theirs.iter().zip(&ours).enumerate() {
        event(php, rust).map_err(|err| format!("event {place}: {err}"))?;
    }
    if theirs.len() != ours.len() {
        return Err(format!(
            "{} events, PHP has {}:\n   here {}\n    PHP {}\n  the end here {}, PHP {}",
            ours.len(),
            theirs.len(),
            names(&ours),
            names(&theirs),
            brief(&rust["end"], &rust["calls"]),
            brief(&php["end"], &php["calls"]),
        ));
    }
    let printed =
        String::from_utf8_lossy(&shown::base64(php["printed"].as_str().unwrap_or_default()))
            .into_owned();
    let ours = rust["printed"].as_str().unwrap_or_default();
    if !shown::same(&printed, ours) {
        return Err(format!(
            "printed\n   here {ours:?}\n    PHP {:?}",
            shown::readable(&printed)
        ));
    }
    if php["exit"] == true {
        let last = list(&rust["calls"]).pop().unwrap_or_default();
        let exits = rust["exit"] == true || rust["end"]["exited"] == true || last["exited"] == true;
        return if exits {
            Ok(())
        } else {
            Err("PHP exits".to_owned())
        };
    }
    outcome("the end", &php["end"], &rust["end"])?;
    let (theirs, ours) = (list(&php["calls"]), list(&rust["calls"]));
    for (place, (php, rust)) in theirs.iter().zip(&ours).enumerate() {
        outcome(&format!("call {place}"), php, rust)?;
    }
    if php["exit"] != rust["exit"] || theirs.len() != ours.len() {
        return Err(format!(
            "exit\n   here {} after {} calls\n    PHP {} after {} calls",
            rust["exit"],
            ours.len(),
            php["exit"],
            theirs.len()
        ));
    }
    Ok(())
}

/// A notification: the reply is the library's, and how PHP builds its own is not compared; what is done before is.
fn notified(script: &Value, php: &Value, rust: &Value) -> Same {
    let replies: Vec<Value> = list(&script["reply"]);
    let is_reply = |event: &Value| replies.contains(&event["foreign"]["name"]);
    let (ours, theirs): (Vec<Value>, Vec<Value>) =
        list(&php["events"]).into_iter().partition(is_reply);
    let call = &rust["calls"][0];
    let status = call["returned"]["@reply"].as_u64();
    let Some(status) = status else {
        return if php["calls"][0].get("thrown").is_some() && call.get("thrown").is_some() {
            Ok(())
        } else {
            Err(format!("no reply: {}", brief(&rust["end"], call)))
        };
    };
    let (php_only, mut same_rust) = (php.clone(), rust.clone());
    let printed = shown::base64(php["printed"].as_str().unwrap_or_default());
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let said = format!("{}{}{printed}", Value::from(ours), php_only["calls"]);
    let accepted = said.contains("SUCCESS");
    if accepted == said.contains("FAIL") || accepted != (status < 300) {
        return Err(format!("it replies {status}, PHP says {said}"));
    }
    let mut same_php = php_only;
    same_php["events"] = Value::from(theirs);
    for side in [&mut same_php, &mut same_rust] {
        side["calls"] = Value::Array(Vec::new());
        side["printed"] = "".into();
        side["end"] = Value::Null;
        side["exit"] = false.into();
    }
    differs(&same_php, &same_rust)
}

/// The case says that PHP sends what the client refuses: nothing else may have been done before.
fn safer(php: &Value, rust: &Value) -> Same {
    let kind = rust["end"]["thrown"]["kind"].as_str().unwrap_or_default();
    if !["Encrypt", "Path", "Header", "Request", "Builder"].contains(&kind) {
        return Err(format!(
            "it should refuse to send: {}",
            brief(&rust["end"], &rust["calls"])
        ));
    }
    let (theirs, ours) = (list(&php["events"]), list(&rust["events"]));
    for (php, rust) in theirs.iter().zip(&ours) {
        event(php, rust)?;
    }
    if ours.len() < theirs.len() {
        Ok(())
    } else {
        Err("it sent what it should refuse".to_owned())
    }
}

/// Calls on what another call gave are one event with the arguments of both, as PHP's stubs record them.
fn followed(events: Vec<Value>) -> Vec<Value> {
    let mut made: Vec<Option<Value>> = Vec::new();
    let mut known: Vec<(u64, usize, Vec<Value>)> = Vec::new();
    for mut event in events {
        if let Some(foreign) = event.get_mut("foreign") {
            let mut args = list(&foreign["args"]);
            let from = args
                .first()
                .and_then(|first| first.get("@foreign"))
                .cloned();
            if let Some(from) = from {
                args.remove(0);
                let before = known.iter().find(|(id, ..)| from.as_u64() == Some(*id));
                if let Some((_, place, earlier)) = before {
                    made[*place] = None;
                    args.splice(0..0, earlier.iter().cloned());
                }
            }
            foreign["args"] = Value::Array(args.clone());
            known.push((foreign["id"].as_u64().unwrap_or_default(), made.len(), args));
        }
        made.push(Some(event));
    }
    made.into_iter().flatten().collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn names(events: &[Value]) -> String {
    let name = |event: &Value| match event.get("request") {
        Some(request) => format!("{} {}", request["method"], request["uri"]),
        None => format!("{} {}", event["foreign"]["name"], event["foreign"]["args"]),
    };
    events.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn brief(end: &Value, calls: &Value) -> String {
    format!("{end} {calls}")
}

fn event(php: &Value, rust: &Value) -> Same {
    match (php.get("request"), rust.get("request")) {
        (Some(php), Some(rust)) => request(php, rust),
        (None, None) => foreign(&php["foreign"], &rust["foreign"]),
        _ => Err(format!(
            "here {}\n    PHP {}",
            names(std::slice::from_ref(rust)),
            names(std::slice::from_ref(php))
        )),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn same(what: &str, rust: &str, php: &str) -> Same {
    if shown::same(php, rust) {
        Ok(())
    } else {
        Err(format!("{what}\n   here {rust}\n    PHP {php}"))
    }
}

fn request(php: &Value, rust: &Value) -> Same {
    same("method", text(rust, "method"), text(php, "method"))?;
    same("uri", text(rust, "uri"), text(php, "uri"))?;
    for (name, theirs) in php["headers"].as_object().into_iter().flatten() {
        if [
            "authorization",
            "user-agent",
            "host",
            "content-length",
            "expect",
        ]
        .contains(&name.as_str())
        {
            continue;
        }
        let ours = rust["headers"][name].as_str().unwrap_or("(absent)");
        let ours = if php["parts"].is_array() && name == "content-type" {
            ours.split(';').next().unwrap_or_default()
        } else {
            ours
        };
        same(name, ours, theirs.as_str().unwrap_or_default())?;
    }
    if php["parts"].is_array() {
        return parts(&php["parts"], text(rust, "body"));
    }
    body(text(php, "body"), text(rust, "body"))
}

fn body(php: &str, rust: &str) -> Same {
    if php == rust {
        return Ok(());
    }
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (parsed(php), parsed(rust)) {
        (Some(theirs), Some(ours)) if sealed(&theirs, &ours) => Ok(()),
        _ => same("body", rust, php),
    }
}

/// Bodies are the same as values; what the client seals by itself is what PHP gives in the clear or sealed.
fn sealed(php: &Value, rust: &Value) -> bool {
    match (php, rust) {
        (Value::Object(php), Value::Object(rust)) => {
            php.len() == rust.len()
                && php
                    .iter()
                    .all(|(name, php)| rust.get(name).is_some_and(|rust| sealed(php, rust)))
        }
        (Value::Array(php), Value::Array(rust)) => {
            php.len() == rust.len() && php.iter().zip(rust).all(|(php, rust)| sealed(php, rust))
        }
        (Value::String(theirs), Value::String(ours)) => {
            let opened = ours
                .strip_prefix("{{enc:")
                .and_then(|text| text.strip_suffix("}}"));
            shown::same_value(php, rust)
                || opened.is_some_and(|text| shown::base64(text) == theirs.as_bytes())
        }
        _ => shown::same_value(php, rust),
    }
}

fn parts(php: &Value, rust: &str) -> Same {
    let boundary = rust.lines().next().unwrap_or_default();
    let pieces: Vec<&str> = rust.split(boundary).skip(1).collect();
    for part in list(php) {
        let name = format!("name=\"{}\"", text(&part, "name"));
        let found = pieces.iter().find(|piece| piece.contains(&name));
        let Some((head, content)) = found.and_then(|piece| piece.split_once("\r\n\r\n")) else {
            return Err(format!("the part {name} is missing"));
        };
        if let Some(file) = part["filename"].as_str() {
            let wanted = format!("filename=\"{file}\"");
            if !head.contains(&wanted) {
                return Err(format!("{wanted} is not in {head}"));
            }
        }
        body(
            text(&part, "text"),
            content.strip_suffix("\r\n").unwrap_or(content),
        )?;
    }
    Ok(())
}

/// A foreign call: its last name and its arguments.
fn foreign(php: &Value, rust: &Value) -> Same {
    let (theirs, ours) = (list(&php["args"]), list(&rust["args"]));
    let last = |name: &str| {
        let part = name.rsplit("->").next().unwrap_or(name);
        part.rsplit("::")
            .next()
            .unwrap_or(part)
            .trim_end_matches("()")
            .trim_end_matches('=')
            .to_lowercase()
            .replace('_', "")
    };
    let name = last(text(php, "name"));
    let known = text(rust, "name").to_lowercase().replace('_', "");
    if !known.contains(&name)
        && !text(rust, "php")
            .to_lowercase()
            .replace('_', "")
            .contains(&name)
    {
        return Err(format!(
            "foreign call\n   here {}\n    PHP {}",
            rust["name"], php["name"]
        ));
    }
    let same = theirs.len() == ours.len()
        && theirs
            .iter()
            .zip(&ours)
            .all(|(php, rust)| shown::same_value(php, rust));
    if same {
        Ok(())
    } else {
        Err(format!(
            "arguments of {}\n   here {}\n    PHP {}",
            php["name"], rust["args"], php["args"]
        ))
    }
}

/// The value that a function returned or threw.
fn outcome(what: &str, php: &Value, rust: &Value) -> Same {
    let fails = || Err(format!("{what}\n   here {rust}\n    PHP {php}"));
    match (php.get("thrown"), rust.get("thrown")) {
        (Some(php), Some(rust)) if thrown(php, rust) => Ok(()),
        (None, None) => {
            let (theirs, ours) = (&php["returned"], &rust["returned"]);
            // A file that ends without `return` gives 1, or null.
            let nothing = |value: &Value| value.is_null() || (what == "the end" && *value == 1);
            if shown::same_value(theirs, ours) || (nothing(theirs) && ours.is_null()) {
                Ok(())
            } else {
                fails()
            }
        }
        _ => fails(),
    }
}

/// Whether the errors are of one kind: by their class where both have one.
fn thrown(php: &Value, rust: &Value) -> bool {
    if let Some(class) = rust["class"].as_str() {
        let ours = class.trim_start_matches('\\');
        return ours.eq_ignore_ascii_case(text(php, "class"))
            && shown::same(text(php, "message"), text(rust, "message"));
    }
    let kinds = list(&php["kinds"]);
    let is = |class: &str| kinds.iter().any(|kind| kind == class);
    let message = text(php, "message");
    let kind = text(rust, "kind");
    if is("GuzzleHttp\\Exception\\ConnectException") {
        return kind
            == if message.contains("timeout") {
                "Timeout"
            } else {
                "Connect"
            };
    }
    if is("GuzzleHttp\\Exception\\BadResponseException") {
        return kind == "Api" && php["status"] == rust["status"];
    }
    if is("GuzzleHttp\\Exception\\RequestException") {
        return kind
            == if message.contains("broken") {
                "Transport"
            } else {
                "Verify"
            };
    }
    if is("GuzzleHttp\\Promise\\RejectionException") {
        return kind == "Api" || kind == "Verify";
    }
    if is("UnexpectedValueException") {
        return ["Decrypt", "Key", "Body", "Encrypt"].contains(&kind);
    }
    if is("InvalidArgumentException") && message.is_empty() | message.contains("{{msg:") {
        return ["Builder", "Request", "Header", "Path", "Encrypt", "Key"].contains(&kind);
    }
    // The program's own: the text is PHP's.
    text(rust, "message").contains(message) && !message.is_empty()
}
