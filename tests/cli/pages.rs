//! `wechatpay completions`, `wechatpay man` and the help.

use crate::support::{Run, Shop};

const COMMANDS: [&str; 8] = [
    "request",
    "endpoints",
    "certs",
    "notify",
    "sign",
    "doctor",
    "completions",
    "man",
];

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Run::new(&["completions", shell]).run().ok();
        // tests/cli/completions.rs tests what the command answers to the scripts.
        assert!(script.contains("_WECHATPAY_COMPLETE"), "{shell}: {script}");
    }
    Run::new(&["completions", "nonsense"]).run().failed(2);
}

#[test]
fn the_manual_lists_all_commands_and_exit_codes() {
    let page = Run::new(&["man"]).run().ok();
    assert!(page.contains(".TH wechatpay 1"), "{page}");
    assert!(page.contains("OUTCOME UNKNOWN"));
    let shop = Shop::new();
    std::fs::create_dir(shop.path("man")).unwrap();
    shop.bare(&["man", "--dir", "man"]).run().ok();
    for command in COMMANDS {
        assert!(page.contains(command), "{command}");
        assert!(
            shop.path("man")
                .join(format!("wechatpay-{command}.1"))
                .exists(),
            "{command}"
        );
    }
    shop.bare(&["man", "--dir", "nowhere"]).run().failed(4);
}

#[test]
fn help_and_version_exit_with_0() {
    let version = Run::new(&["--version"]).run().ok();
    assert_eq!(
        version,
        format!("wechatpay {}\n", env!("CARGO_PKG_VERSION"))
    );
    for command in COMMANDS {
        let help = Run::new(&[command, "--help"]).run().ok();
        assert!(help.contains("Usage: wechatpay"), "{help}");
        assert!(!help.contains('\u{1b}'));
    }
}
