//! A file's URLs, taken apart: `https://{SUBDOMAIN}.example.com/tickets/{id}?v=2`.

use reqwest::Url;

use crate::http::{is_dots, is_loopback_name};

/// A URL as the file writes it.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) base: Base,
    /// Begins with `/`; its placeholders are as the HTTP client takes them.
    pub(super) path: String,
    pub(super) path_holes: Vec<String>,
    pub(super) query: Vec<(String, Vec<Piece>)>,
}

/// What comes before the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// All of it is the value of one credential: `{BASE_URL}/rest`.
    Whole(String),
    /// A scheme and a host, perhaps with a port.
    Host { scheme: &'static str, host: Vec<Piece> },
}

/// A part of a text: written out, or filled by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Hole(String),
}

impl Base {
    /// The names of what fills it.
    pub(super) fn holes(&self) -> Vec<&str> {
        match self {
            Self::Whole(name) => vec![name],
            Self::Host { host, .. } => holes(host),
        }
    }

    pub(super) fn first_hole(&self) -> Option<&str> {
        self.holes().first().copied()
    }

    /// The words of the host as it is written, in small letters: `{SHOPIFY_STORE_URL}` has `shopify`.
    pub(super) fn words(&self) -> Vec<String> {
        let text = match self {
            Self::Whole(name) => name.clone(),
            Self::Host { host, .. } => host
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Hole(text) => format!("{text}."),
                })
                .collect(),
        };
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect()
    }

    /// The host, where nothing has to fill it.
    pub(super) fn literal_host(&self) -> Option<String> {
        match self {
            Self::Host { host, .. } => match host.as_slice() {
                [Piece::Text(host)] => Some(host.split(':').next().unwrap_or_default().to_ascii_lowercase()),
                _ => None,
            },
            Self::Whole(_) => None,
        }
    }
}

pub(super) fn holes(pieces: &[Piece]) -> Vec<&str> {
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Hole(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
        .collect()
}

/// Takes a URL apart, or says what is wrong with it.
pub(super) fn parse(url: &str) -> Result<Template, String> {
    if url.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '\\') {
        return Err("a `url` can't have spaces or backslashes in it; write them as `%20` or `%5C`".to_owned());
    }
    if url.contains('#') {
        return Err("a `url` can't have a fragment (`#`), which is never sent; leave it out".to_owned());
    }
    let (base, rest) = split_base(url)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    let pieces = pieces(&path)?;
    if path.split('/').any(is_dots) {
        return Err(
            "a `url` can't have `.` or `..` as a part of its path; write the path that is meant".to_owned()
        );
    }
    let path_holes = holes(&pieces).into_iter().map(str::to_owned).collect();
    Ok(Template { base, path_holes, path, query: split_query(query)? })
}

fn split_base(url: &str) -> Result<(Base, &str), String> {
    const BEGINNING: &str =
        "a `url` must begin with `https://`, or with the placeholder of a base URL like `{BASE_URL}/`";
    if let Some(rest) = url.strip_prefix('{') {
        let Some((name, rest)) = rest.split_once('}') else { return Err(unended()) };
        if !(rest.is_empty() || rest.starts_with(['/', '?'])) {
            return Err(BEGINNING.to_owned());
        }
        if !super::file::is_word(name) {
            return Err(no_name());
        }
        return Ok((Base::Whole(name.to_owned()), rest));
    }
    let (scheme, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => ("https", rest),
        (None, Some(rest)) => ("http", rest),
        (None, None) => return Err(BEGINNING.to_owned()),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    if host.contains('@') {
        return Err("a `url` can't have a user in it; declare credentials and an `auth` method".to_owned());
    }
    let host = pieces(host)?;
    let example: String =
        host.iter().map(|piece| if let Piece::Text(text) = piece { text.as_str() } else { "x" }).collect();
    let parsed = Url::parse(&format!("{scheme}://{example}"));
    let host_of = parsed.ok().and_then(|url| url.host_str().map(str::to_owned));
    let Some(parsed) = host_of.filter(|_| !example.starts_with(':')) else {
        return Err("the host of a `url` must be a host, like `api.example.com`".to_owned());
    };
    if scheme == "http" && !is_loopback_name(&parsed) {
        return Err("a `url` must be `https`, so that nobody on the way reads the credentials".to_owned());
    }
    Ok((Base::Host { scheme, host }, rest))
}

/// Pairs of a query that the file writes out, with their placeholders.
fn split_query(query: &str) -> Result<Vec<(String, Vec<Piece>)>, String> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    // Only a URL's reader knows what `+` and `%20` are in a query.
    let url = Url::parse(&format!("query:?{query}"))
        .map_err(|_| "the query of the `url` can't be read".to_owned())?;
    url.query_pairs().map(|(name, value)| Ok((name.into_owned(), pieces(&value)?))).collect()
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(unended)?;
        if !super::file::is_word(name) {
            return Err(no_name());
        }
        if before.contains('}') {
            return Err(unended());
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Hole(name.to_owned()));
        rest = after;
    }
    if rest.contains('}') {
        return Err(unended());
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

fn unended() -> String {
    "a placeholder of the `url` has only one of its braces; write it as `{name}`".to_owned()
}

fn no_name() -> String {
    "a placeholder of the `url` must be a name, like `{order_id}`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart() {
        let url = parse("https://{SUB}.desk.test:8443/a/{id}.json?v=2&q={word}+x").expect("a URL");
        assert_eq!(url.base.holes(), ["SUB"]);
        assert_eq!(url.base.words(), ["sub", "desk", "test", "8443"]);
        assert_eq!((url.path.as_str(), url.path_holes), ("/a/{id}.json", vec!["id".to_owned()]));
        let pieces = vec![Piece::Hole("word".to_owned()), Piece::Text(" x".to_owned())];
        assert_eq!(url.query[1], ("q".to_owned(), pieces));
        let whole = parse("{BASE_URL}?x=1").expect("a URL");
        assert_eq!((whole.base, whole.path.as_str()), (Base::Whole("BASE_URL".to_owned()), "/"));
        assert_eq!(parse("https://A.test/x").expect("a URL").base.literal_host().as_deref(), Some("a.test"));
        parse("http://127.0.0.1:8080/x").expect("loopback");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in [
            "",
            "/users",
            "api.test/x",
            "ftp://api.test/",
            "http://api.test/x",
            "https://",
            "https:///x",
            "https://me:pw@api.test/",
            "https://api.test/#x",
            "https://api.test/a b",
            "https://api.test/{a",
            "https://api.test/a}",
            "https://api.test/{a b}",
            "https://api.test/{}",
            "https://api.test/a/../b",
            "https://api.test/%2E%2e/b",
            "{BASE}evil.test/x",
            "{BASE/x",
            "https://api.test/?a={b",
        ] {
            assert!(parse(url).is_err(), "{url}");
        }
    }
}
