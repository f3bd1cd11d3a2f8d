//! A server's process: started on a free port, waited for, and gone when the test is.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Prism takes seconds to read a document, and many times that on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs a server until its own input ends, whatever ends it: the test's end, its panic, or a signal that kills
/// the test's process. Then the whole group is killed, whatever the server has started.
pub(crate) const UNTIL_INPUT_ENDS: &str = r#"("$@" </dev/null; kill -KILL 0) & cat >/dev/null; kill -KILL 0"#;

/// A server that runs as long as this lives. In a `static` it runs as long as the tests' process.
#[derive(Debug)]
pub(crate) struct Server {
    name: &'static str,
    port: u16,
    process: Child,
    folder: Arc<TempDir>,
    start: Arc<Start>,
    /// What it answers once it is ready.
    path: String,
}

impl Server {
    /// Where it is, such as `http://127.0.0.1:4321`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends it as a machine that loses its power does.
    pub(crate) fn stop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }

    /// Starts it again where it was, with what it had stored.
    pub(crate) fn start_again(&mut self) {
        self.process = self.start.spawn(self.port);
        let path = self.path.clone();
        assert!(self.wait(&path), "{} ended:\n{}", self.name, self.log());
    }

    /// The end of what it wrote since it was last started.
    pub(crate) fn log(&self) -> String {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(10_000)..]).into_owned()
    }

    /// What it wrote after that text, in each line that has it, since it was last started.
    pub(crate) fn wrote(&self, text: &str) -> Vec<String> {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        log.lines().filter_map(|line| Some(line.split_once(text)?.1.to_owned())).collect()
    }

    /// Waits until it answers a `GET`, or greets; false: it ended before.
    fn wait(&mut self, path: &str) -> bool {
        let began = Instant::now();
        loop {
            if self.process.try_wait().expect("its state").is_some() {
                return false;
            }
            if answers(self.port, path) {
                return true;
            }
            assert!(began.elapsed() < PATIENCE, "{} doesn't answer `{path}`:\n{}", self.name, self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            eprintln!("the log of {} ends with:\n{}", self.name, self.log());
        }
    }
}

/// How a server is started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    name: &'static str,
    program: String,
    environment: Vec<(&'static str, String)>,
    folder: Arc<TempDir>,
    arguments: Vec<String>,
    port: Option<u16>,
}

impl Start {
    /// # Panics
    ///
    /// When `tests/servers/install` has not installed it.
    pub(crate) fn new(name: &'static str, program: &str) -> Self {
        assert!(
            Path::new(&super::installed(&format!("ready/{name}"))).exists(),
            "{name} isn't installed; tests/servers/install does it"
        );
        let folder = tempfile::Builder::new().prefix(name).tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        Self {
            name,
            program: program.to_owned(),
            environment: Vec::new(),
            folder: Arc::new(folder.expect("a folder")),
            arguments: Vec::new(),
            port: None,
        }
    }

    /// On that port, to be where a server was before.
    pub(crate) fn on(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl ToString) -> Self {
        self.environment.push((name, value.to_string()));
        self
    }

    /// The server's arguments. `{port}` and `{folder}` stand for its port and its data folder.
    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|argument| self.in_folder(argument)).collect();
        self
    }

    /// Runs the program once with other arguments, to prepare its data folder.
    pub(crate) fn before(self, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| self.in_folder(argument));
        let output = Command::new(&self.program).args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{} can't be prepared: {output:?}", self.name);
        self
    }

    /// Starts it and waits until it answers a `GET` of `path`, whatever the answer is; or, where that is no
    /// path, until it greets whoever connects with these words.
    pub(crate) fn ready(self, path: &str) -> Server {
        // Between looking for a free port and its use by the server somebody else may take it.
        let start = Arc::new(self);
        for _ in 0..3 {
            let port = start.port.unwrap_or_else(free_port);
            let mut server = Server {
                name: start.name,
                port,
                process: start.spawn(port),
                folder: Arc::clone(&start.folder),
                start: Arc::clone(&start),
                path: path.to_owned(),
            };
            if server.wait(path) {
                return server;
            }
            eprintln!("{} ended:\n{}", start.name, server.log());
        }
        panic!("{} doesn't start", start.name);
    }

    fn spawn(&self, port: u16) -> Child {
        let log = File::create(self.folder.path().join("log")).expect("a log");
        let arguments = self.arguments.iter().map(|argument| argument.replace("{port}", &port.to_string()));
        let mut command = Command::new("sh");
        command.args(["-c", UNTIL_INPUT_ENDS, self.name, &self.program]).args(arguments);
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command.current_dir(self.folder.path()).process_group(0).stdin(Stdio::piped());
        command.stderr(log.try_clone().expect("a log")).stdout(log);
        command.spawn().expect("a shell")
    }

    fn in_folder(&self, argument: &str) -> String {
        argument.replace("{folder}", &self.folder.path().display().to_string())
    }
}

pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

fn answers(port: u16, path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    if !path.starts_with('/') {
        let mut greeting = vec![0; path.len()];
        return stream.set_read_timeout(Some(PATIENCE)).is_ok()
            && stream.read_exact(&mut greeting).is_ok()
            && greeting == path.as_bytes();
    }
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut beginning = [0; 5];
    stream.set_read_timeout(Some(PATIENCE)).is_ok()
        && stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut beginning).is_ok()
        && beginning == *b"HTTP/"
}
