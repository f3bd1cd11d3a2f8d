//! The part of a URL that decides who is spoken to: what it may be, and what may go into it.

use reqwest::Url;
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use super::template::{Base, Piece};
use super::values::Values;
use crate::{Error, Result};

/// Whether a text is the name of a host and nothing else: no scheme, port, path, user or fragment.
pub(super) fn is_bare(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

/// Whether a header says how a message is carried, so that nobody but the client may set it.
pub(super) fn is_reserved(name: &HeaderName) -> bool {
    [HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, UPGRADE, TE, TRAILER, EXPECT].contains(name)
}

/// The base URL that settings make of a file's; none where one that isn't required is not set.
///
/// # Errors
///
/// `setup` for a setting that can't be what it has to be, by name and without its value.
pub(super) fn base_url(base: &Base, values: &Values) -> Result<Option<String>> {
    match base {
        Base::Whole(name) => {
            let Some(value) = values.get(name) else { return Ok(None) };
            let is_url = value.starts_with("https://") || value.starts_with("http://");
            // A URL's reader drops these without a word.
            let hides = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\\';
            if !is_url || value.contains(hides) {
                return Err(Error::setup(format!(
                    "setting `{name}` must be a URL that begins with `https://`, like `https://api.example.com`"
                )));
            }
            Ok(Some(value.to_owned()))
        }
        Base::Host { scheme, host } => {
            let mut url = format!("{scheme}://");
            for piece in host {
                match piece {
                    Piece::Text(text) => url.push_str(text),
                    Piece::Hole(name) => {
                        let Some(value) = values.get(name) else { return Ok(None) };
                        if !is_bare(value) {
                            return Err(not_bare(name));
                        }
                        url.push_str(value);
                    }
                }
            }
            match base.first_hole() {
                // Numbers in other dress (`0x7f.1`) are hosts too, of which the reader makes another.
                Some(name) if !is_kept(&url) => Err(not_bare(name)),
                _ => Ok(Some(url)),
            }
        }
    }
}

fn not_bare(name: &str) -> Error {
    Error::setup(format!(
        "setting `{name}` must be a host and nothing else, like `shop.example.com`: no `https://`, port, path or user"
    ))
}

/// Whether a URL's reader sees the host that was written.
fn is_kept(url: &str) -> bool {
    let written = url.split_once("://").map_or("", |(_, host)| host).to_ascii_lowercase();
    let written = written.split(':').next().unwrap_or_default();
    Url::parse(url).is_ok_and(|url| url.host_str() == Some(written))
}
