//! A disk of a test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system over a folder.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// None, and a word about it, where nothing can be mounted.
    pub(crate) fn mount(over: &Path, options: &str) -> Option<Self> {
        Self::mounted(Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]), over)
    }

    /// A folder over another one.
    pub(crate) fn bind(folder: &Path, over: &Path) -> Option<Self> {
        Self::mounted(Command::new("mount").arg("--bind").arg(folder), over)
    }

    fn mounted(command: &mut Command, over: &Path) -> Option<Self> {
        command.arg(over);
        let mounted = command.output().is_ok_and(|output| output.status.success());
        if !mounted {
            connector_tests::left_out("no file system can be mounted here");
        }
        mounted.then(|| Self(over.to_owned()))
    }

    pub(crate) fn remount(&self, options: &str) {
        let remount = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &remount]).arg(&self.0).status();
        assert!(status.expect("it starts").success());
    }

    /// Takes what room there is.
    pub(crate) fn fill(&self) {
        let filler = fs::File::create(self.0.join("filler")).expect("a file");
        let full = std::io::copy(&mut std::io::repeat(0), &mut &filler).expect_err("it has an end");
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    /// Takes it away, which only works where nobody has anything open.
    pub(crate) fn unmount(self) {
        let status = Command::new("umount").arg(&self.0).status();
        assert!(status.expect("it starts").success());
    }

    pub(crate) fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Even where somebody has still something open, unless it is gone already.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}
