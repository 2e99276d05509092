//! Which module may use which: the floors of docs/tour.md, checked against the source of every crate.
//!
//! Cargo keeps the crates apart. Inside a crate, a module uses the floors below it, and no two files use each other in a
//! circle, except a module and the modules inside it.

mod graph;

use std::collections::BTreeSet;

use graph::{Graph, Package};

const CORE: Package = Package {
    name: "wechatpay_core",
    root: "src/core",
    nested: &[],
};
const CLIENT: Package = Package {
    name: "wechatpay_chain",
    root: "src",
    nested: &["cli", "core", "sandbox", "schema"],
};
const SCHEMA: Package = Package {
    name: "wechatpay_schema",
    root: "src/schema",
    nested: &[],
};
const SANDBOX: Package = Package {
    name: "wechatpay_sandbox",
    root: "src/sandbox",
    nested: &[],
};
const COMMAND: Package = Package {
    name: "wechatpay",
    root: "src/cli",
    nested: &[],
};

/// A crate and its modules, from the ground up.
struct Floors {
    package: Package,
    floors: &'static [&'static [&'static str]],
    /// Uses on the same floor. They are listed, so that a new one is a decision.
    sideways: &'static [(&'static str, &'static str)],
}

const FLOORS: [Floors; 5] = [
    Floors {
        package: CORE,
        floors: &[
            &["error", "host", "percent", "secret"],
            &["clock", "crypto", "query", "template", "value"],
            &["file", "php", "protocol", "variants"],
            &["catalog"],
        ],
        sideways: &[],
    },
    Floors {
        package: CLIENT,
        floors: &[
            &["keys", "file_io", "trace"],
            &["message"],
            &["base_url", "transport"],
            &["net", "plan", "stack"],
            &["middleware", "resolve"],
            &["certificates", "resilience"],
            &["engine"],
            &["dry_run", "sink"],
            &["call", "testing"],
            &["chain", "download", "outcome", "reader"],
            &["builder", "client"],
            &["bill", "merchants", "pay", "service", "settings"],
            &["notify"],
            &["php"],
        ],
        sideways: &[("builder", "client"), ("client", "builder")],
    },
    Floors {
        package: SCHEMA,
        floors: &[
            &["amounts", "compressed"],
            &["attributes", "field", "labels"],
            &["documented"],
            &["read"],
            &["index"],
            &["event_fields"],
            &["events"],
            &["types"],
        ],
        sideways: &[],
    },
    Floors {
        package: SANDBOX,
        floors: &[
            &["journal"],
            &[
                "adjustable_clock",
                "bilingual",
                "date",
                "identity",
                "multipart",
                "nonces",
                "query",
                "reply",
                "schema",
                "service_order",
            ],
            &["folder", "signing"],
            &["fault"],
            &["record"],
            &["refusal"],
            &["apiv2", "platform", "rate_limits", "validation"],
            &["merchants", "mock", "sensitive_fields", "world"],
            &["bills", "notifier", "reference", "remembered", "stub"],
            &["settings"],
            &["account"],
            &["state"],
            &["events", "gateway"],
            &["control", "perform"],
            &["replay", "server"],
            &["handle"],
            &["simulation"],
        ],
        sideways: &[],
    },
    Floors {
        package: COMMAND,
        floors: &[
            &["i18n", "shell_words"],
            &["date", "number", "rephrase"],
            &["exit"],
            &["output"],
            &[
                "candidates",
                "files",
                "help",
                "interrupt",
                "progress",
                "settings",
            ],
            &[
                "context",
                "key_files",
                "own_files",
                "profile",
                "usage_error",
            ],
            &["credentials"],
            &[
                "certs",
                "doctor",
                "endpoints",
                "notify",
                "pages",
                "port",
                "request",
                "sandbox",
                "sign",
                "site",
            ],
            &["bill", "lookup"],
            &["cli"],
        ],
        sideways: &[],
    },
];

/// Crates that only some modules of the client may name.
const RESERVED: [(&str, &[&str]); 7] = [
    ("hyper", &["net"]),
    ("hyper_openssl", &["net"]),
    ("hyper_util", &["net"]),
    ("openssl", &["net"]),
    ("openssl_probe", &["net"]),
    (
        "tokio",
        &[
            "engine",
            "file_io",
            "message",
            "net",
            "notify",
            "outcome",
            "resilience",
            "sink",
        ],
    ),
    ("tokio_openssl", &["net"]),
];

#[test]
fn modules_use_the_floors_below() {
    for floors in FLOORS {
        let name = floors.package.name;
        let floor = |module: &str| {
            let floor = floors.floors.iter().position(|it| it.contains(&module));
            floor.unwrap_or_else(|| panic!("{name}::{module} is on no floor: put it on one"))
        };
        let mut sideways = BTreeSet::new();
        for (user, used) in Graph::read(&floors.package).module_uses() {
            let (from, to) = (floor(&user), floor(&used));
            assert!(
                from >= to,
                "{name}: {user} (floor {from}) uses {used} (floor {to})"
            );
            if from == to {
                sideways.insert((user, used));
            }
        }
        let own = |(user, used): &(&str, &str)| ((*user).to_owned(), (*used).to_owned());
        let listed = floors.sideways.iter().map(own).collect();
        assert_eq!(sideways, listed, "{name}");
    }
}

#[test]
fn files_do_not_use_each_other_in_circles() {
    for package in [CORE, CLIENT, SCHEMA, SANDBOX, COMMAND] {
        let circles = Graph::read(&package).circles();
        assert!(circles.is_empty(), "{}: {circles:#?}", package.name);
    }
}

#[test]
fn crates_are_named_where_they_belong() {
    let graph = Graph::read(&CLIENT);
    let mut count = 0;
    for (name, allowed) in RESERVED {
        for module in graph.users_of(name) {
            assert!(
                allowed.contains(&&*module),
                "{module} names the crate {name}"
            );
            count += 1;
        }
    }
    assert!(count >= 8, "{count} uses");
}
