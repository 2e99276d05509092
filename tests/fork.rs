//! `.wait()` in a forked child, which cannot use the parent's background threads and connections.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;
    use std::{process, thread};

    use fork::{Fork, fork};
    use openssl::rsa::Rsa;
    use wechatpay_chain::middleware::VERIFIER;
    use wechatpay_chain::{Client, PrivateKey, PublicKey};

    pub(super) fn main() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = client(&format!("http://{}/", listener.local_addr().unwrap()));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                thread::spawn(move || serve(&stream));
            }
        });
        // The parent has a background runtime and a kept connection.
        assert_eq!(call(&client), None);
        let parent = process::id();
        for _ in 0..3 {
            match fork().unwrap() {
                Fork::Child => {
                    let failed = call(&client).or_else(|| call(&client));
                    // A child reports only after it received its answers.
                    if failed.is_none() {
                        let _ = client.chain("v3/child").get(()).wait();
                    }
                    process::abort();
                }
                Fork::Parent(child) => {
                    let _ = fork::waitpid(child);
                }
            }
            assert_eq!(process::id(), parent);
            assert_eq!(call(&client), None);
        }
        let told = TOLD.load(std::sync::atomic::Ordering::SeqCst);
        assert_eq!(told, 3, "children that had their answers");
    }

    static TOLD: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

    fn call(client: &Client) -> Option<String> {
        let outcome = client.chain("v3/certificates").get(()).wait();
        outcome.err().map(|err| err.report())
    }

    fn client(base_url: &str) -> Client {
        let key = include_str!("data/keys/pkcs8.pem");
        let key = PrivateKey::from_bytes(key).unwrap();
        let platform = Rsa::generate(2048).unwrap().public_key_to_pem().unwrap();
        let platform = PublicKey::from_bytes(platform).unwrap();
        Client::builder()
            .base_url(base_url)
            .mchid("1900000109")
            .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
            .platform_key("PUB_KEY_ID_0114232134912410000000000000", platform)
            .private_key(key)
            .timeout(Duration::from_secs(20))
            .stack(|stack| stack.remove(VERIFIER).map(drop))
            .no_proxy()
            .build()
            .unwrap()
    }

    fn serve(mut stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|len| len > 0) {
            if line.contains(" /v3/child ") {
                TOLD.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
            if line == "\r\n" {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            }
            line.clear();
        }
    }
}
