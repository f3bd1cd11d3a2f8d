//! Real folders for the tests.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::folder::Folder;

/// A folder with these files, gone when it is dropped.
pub(crate) struct Sandbox {
    dir: TempDir,
    pub(crate) folder: Folder,
}

impl Sandbox {
    pub(crate) fn new<C: AsRef<[u8]>>(files: &[(&str, C)]) -> Self {
        let dir = TempDir::new().unwrap();
        for (path, content) in files {
            let file = dir.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        let folder = Folder::open(dir.path()).unwrap();
        Self { dir, folder }
    }

    pub(crate) fn empty() -> Self {
        Self::new::<&str>(&[])
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The names in the folder itself, hidden ones too.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}
