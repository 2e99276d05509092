//! Readers that go, and users who interrupt.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::support::{Run, Shop};

/// As `wechatpay endpoints | head -1` does.
#[test]
fn a_closed_pipe_is_not_an_error() {
    for arguments in [
        &["endpoints", "--json"][..],
        &["--help"],
        &["completions", "bash"],
    ] {
        let mut command = Run::new(arguments).into_command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(
            child.wait().unwrap().code(),
            Some(0),
            "{arguments:?}: {said}"
        );
        assert_eq!(said, "");
    }
}

#[cfg(unix)]
mod signals {
    use std::io::Write;
    use std::net::TcpListener;
    use std::process::{Child, Command};

    use super::*;

    fn interrupt(child: &Child) {
        let mut kill = Command::new("kill");
        kill.args(["-INT", &child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    /// A server that begins an answer and never ends it; the child is interrupted then.
    fn interrupted(
        shop: &Shop,
        arguments: &[&str],
        begin: &str,
        ready: impl Fn() -> bool,
    ) -> (Option<i32>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let mut command = shop.command(arguments).env("BASE_URL", &url).into_command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(stream.try_clone().unwrap())
            .read_line(&mut line)
            .unwrap();
        stream.write_all(begin.as_bytes()).unwrap();
        while !ready() {
            std::thread::yield_now();
        }
        interrupt(&child);
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (child.wait().unwrap().code(), said)
    }

    #[test]
    fn an_interrupted_download_leaves_nothing() {
        let shop = Shop::new();
        let before = shop.files();
        let arguments = [
            "request",
            "GET",
            "v3/billdownload/file",
            "--sink",
            "bill.csv",
        ];
        let begin = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf";
        let (code, said) = interrupted(&shop, &arguments, begin, || {
            shop.files().len() > before.len()
        });
        assert_eq!((code, &*said), (Some(130), "error: interrupted\n"));
        assert_eq!(shop.files(), before);
    }

    #[test]
    fn an_interrupted_post_has_an_unknown_outcome() {
        let shop = Shop::new();
        let arguments = [
            "request",
            "POST",
            "v3/pay/transactions/native",
            "--json",
            "{}",
        ];
        let (code, said) = interrupted(&shop, &arguments, "", || true);
        assert_eq!(code, Some(9), "{said}");
        assert!(said.contains("OUTCOME UNKNOWN"), "{said}");
    }
}
