//! A real `redis-server` for one test.

use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::tools::started;

pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    _dir: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// On a separate socket, which nothing else uses; nothing is written to disk. `None` if the test is skipped.
pub(crate) fn server(settings: &[&str]) -> Option<Server> {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("redis");
    let child = Command::new("redis-server")
        .args(["--port", "0", "--unixsocket"])
        .arg(&socket)
        .args(["--save", "", "--appendonly", "no"])
        .args(settings)
        .stdout(Stdio::null())
        .spawn();
    let mut server = Server {
        child: started("redis-server", "redis-server", child)?,
        url: format!("unix://{}", socket.display()),
        _dir: dir,
    };
    let patience = Instant::now() + Duration::from_secs(20);
    while UnixStream::connect(&socket).is_err() {
        let ended = server.child.try_wait().unwrap();
        assert_eq!(ended, None, "redis-server has ended");
        assert!(Instant::now() < patience, "redis-server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(server)
}
