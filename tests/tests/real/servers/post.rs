//! A mailbox: dovecot, an SMTP server that delivers to it, and the Maildir between them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use super::process::{Server, Start, free_port};
use super::{installed, ours};

/// What anybody logs in with.
pub(crate) const PASSWORD: &str = "s3cret-of-this-mailbox";

/// A mailbox that both servers know, for as long as this lives.
pub(crate) struct Post {
    // Servers end before their folder does.
    imap: Option<Server>,
    smtp: Server,
    dovecot: Start,
    imap_port: u16,
    tls_port: u16,
    folder: TempDir,
    delivered: AtomicU64,
}

impl Post {
    pub(crate) fn new() -> Self {
        // Where dovecot doesn't run as root it has to get into it, and socket names are no longer than 100 bytes.
        let folder = tempfile::Builder::new().prefix("post").tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let path = folder.path().to_str().expect("a name");
        let tls_port = free_port();
        fs::write(folder.path().join("tls-port"), tls_port.to_string()).expect("written");
        let dovecot = Start::new("dovecot", "sh").arguments(&[&ours("dovecot.sh"), path, "{port}", PASSWORD]);
        let imap = dovecot.clone().ready("* OK");
        let maildir = folder.path().join("mail");
        let smtp = Start::new("dovecot", &installed("venv-mail/bin/python"))
            .arguments(&[&ours("smtp.py"), maildir.to_str().expect("a name"), "{port}", PASSWORD])
            .ready("220 ");
        let imap_port = imap.port();
        Self { imap: Some(imap), smtp, dovecot, imap_port, tls_port, folder, delivered: AtomicU64::new(0) }
    }

    /// Changes the password. The SMTP server isn't told.
    pub(crate) fn change_password(&mut self, password: &str) {
        self.stop();
        let path = self.folder.path().to_str().expect("a name").to_owned();
        self.dovecot = self.dovecot.clone().arguments(&[&ours("dovecot.sh"), &path, "{port}", password]);
        self.start();
    }

    /// How often somebody tried to log in since it was last started.
    pub(crate) fn logins(&self) -> usize {
        let log = self.imap.as_ref().map(Server::log).unwrap_or_default();
        log.matches("Login: user=").count() + self.refusals()
    }

    /// How often somebody was refused since it was last started.
    pub(crate) fn refusals(&self) -> usize {
        let log = self.imap.as_ref().map(Server::log).unwrap_or_default();
        log.matches("auth failed").count()
    }

    pub(crate) fn imap_port(&self) -> u16 {
        self.imap_port
    }

    /// Where TLS begins at once.
    pub(crate) fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// The certificate of both servers.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    pub(crate) fn smtp_port(&self) -> u16 {
        self.smtp.port()
    }

    fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// Puts a mail into the mailbox, all at once, as any delivery does.
    pub(crate) fn deliver(&self, mail: impl AsRef<[u8]>) {
        let name = format!("{:08}.test", self.delivered.fetch_add(1, Ordering::Relaxed));
        let written = self.maildir().join("tmp").join(&name);
        fs::write(&written, mail).expect("written");
        fs::rename(written, self.maildir().join("new").join(name)).expect("delivered");
    }

    /// The names of the files of the mailbox, which end with the mails' flags: `:2,S` has been read.
    pub(crate) fn files(&self) -> Vec<String> {
        let names = |folder: &str| {
            let entries = fs::read_dir(self.maildir().join(folder)).expect("a folder");
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        };
        names("new").chain(names("cur")).collect()
    }

    /// The mails of the mailbox as they lie there.
    pub(crate) fn mails(&self) -> Vec<String> {
        let read = |folder: &str| {
            let entries = fs::read_dir(self.maildir().join(folder)).expect("a folder");
            entries.map(|entry| {
                let bytes = fs::read(entry.expect("an entry").path()).expect("a mail");
                String::from_utf8_lossy(&bytes).into_owned()
            })
        };
        read("new").chain(read("cur")).collect()
    }

    /// Ends dovecot, as when the machine that it runs on is off.
    pub(crate) fn stop(&mut self) {
        drop(self.imap.take());
    }

    /// Starts dovecot again, where it was.
    pub(crate) fn start(&mut self) {
        self.imap = Some(self.dovecot.clone().on(self.imap_port).ready("* OK"));
    }

    /// While dovecot doesn't run: forgets the numbers of the mails, so that they get others.
    pub(crate) fn forget_numbers(&self) {
        for entry in fs::read_dir(self.maildir()).expect("a folder") {
            let entry = entry.expect("an entry");
            if entry.file_name().to_string_lossy().starts_with("dovecot") {
                fs::remove_file(entry.path()).expect("removed");
            }
        }
    }
}
