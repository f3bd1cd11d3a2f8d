//! One note's file: its place, its name and its bytes, whatever they are.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use connector_sdk::{Error, Result};

use crate::folder::failed;
use crate::text::quoted;

/// A Markdown file of the folder.
#[derive(Debug)]
pub(crate) struct NoteFile {
    /// Relative to the folder, parts joined by `/` everywhere.
    pub(crate) path: String,
    pub(crate) file: PathBuf,
}

impl NoteFile {
    /// The start of the note's text, at most that many bytes, and whether there is more of it.
    ///
    /// Whatever is no UTF-8 in it becomes `�`: a note from an old machine is better read with a few
    /// of them than not at all.
    pub(crate) fn read(&self, most: usize) -> Result<(String, bool)> {
        let fail = |error| failed("read", &self.path, error);
        let mut bytes = Vec::new();
        let file = File::open(&self.file).map_err(fail)?;
        file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
        if bytes.iter().take(8192).any(|byte| *byte == 0) {
            let path = quoted(&self.path);
            return Err(Error::upstream(format!("{path} is not text, or not in UTF-8; save it as UTF-8")));
        }
        let is_cut = bytes.len() > most;
        if is_cut {
            bytes.truncate(most);
            // A character that the cut went through is not a wrong one.
            let error = std::str::from_utf8(&bytes).err().filter(|error| error.error_len().is_none());
            bytes.truncate(error.map_or(most, |error| error.valid_up_to()));
        }
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok((text, is_cut))
    }

    /// The file's name without its ending: the title of a note that has none.
    pub(crate) fn stem(&self) -> String {
        self.file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Whether a file of that name is a note.
pub(crate) fn is_note(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ["md", "markdown"].iter().any(|md| ending.eq_ignore_ascii_case(md)))
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind;

    use crate::testing::Sandbox;

    #[test]
    fn any_bytes_can_be_read() {
        let sandbox = Sandbox::new(&[
            ("latin1.md", b"caf\xe9".as_slice()),
            ("bom.md", b"\xef\xbb\xbf# T".as_slice()),
            ("utf16.md", b"\xff\xfe#\0 \0".as_slice()),
            ("cut.md", "aé".as_bytes()),
            ("empty.md", b"".as_slice()),
        ]);
        let read = |path, most| sandbox.folder.note(path).unwrap().read(most);
        assert_eq!(read("latin1.md", 99).unwrap(), ("caf\u{fffd}".into(), false));
        assert_eq!(read("bom.md", 99).unwrap(), ("# T".into(), false));
        assert_eq!(read("empty.md", 99).unwrap(), (String::new(), false));
        assert_eq!(read("cut.md", 3).unwrap(), ("aé".into(), false));
        assert_eq!(read("cut.md", 2).unwrap(), ("a".into(), true), "half a character is dropped");
        let error = read("utf16.md", 99).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Upstream);
        assert!(error.message().contains("`utf16.md` is not text"), "{error}");
    }
}
