//! Paths with placeholders: `/repos/{owner}/{repo}/issues`.

use crate::{Error, Result, percent};

/// Puts values into the placeholders of a path. Each value becomes one part of the path or of a part,
/// percent-encoded, so that it can't begin another part, a query or another host.
///
/// What fills `{+name}` (RFC 6570, section 3.2.3) may be several parts and be encoded already.
pub(super) fn fill<'v>(template: &str, value_of: impl Fn(&str) -> Option<&'v str>) -> Result<String> {
    if !template.starts_with('/') {
        return Err(Error::internal(format!("the path `{template}` doesn't begin with `/`")));
    }
    let mut path = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(Error::internal(format!("a placeholder of the path `{template}` has no end")));
        };
        let (name, is_whole) = match name.strip_prefix('+') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let value = value_of(name)
            .ok_or_else(|| Error::internal(format!("nothing fills `{{{name}}}` of the path `{template}`")))?;
        if value.is_empty() && !is_whole {
            return Err(Error::usage(format!("`{name}` is empty; it is a part of a path"))
                .with_detail("argument", name));
        }
        if is_whole && leads_elsewhere(value) {
            return Err(Error::usage(format!(
                "`{name}` has `.`, `..` or `%00` in it, which are no parts of a path to a service"
            ))
            .with_detail("argument", name));
        }
        path.push_str(before);
        encode(value, is_whole, &mut path);
        rest = after;
    }
    path.push_str(rest);
    if path.split('/').any(is_dots) {
        return Err(Error::usage("`.` and `..` are no parts of a path to a service"));
    }
    Ok(path)
}

/// The names of a path's placeholders.
pub(crate) fn names(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name.strip_prefix('+').unwrap_or(name))
}

/// Whether a value that is several parts has dots between separators of any spelling, or an end that some
/// servers take for one: many take out the encoding before they look for dots.
fn leads_elsewhere(value: &str) -> bool {
    let plain = value.to_ascii_lowercase().replace("%2f", "/").replace("%5c", "/");
    plain.contains("%00") || plain.split(['/', '\\']).any(is_dots)
}

/// Whether a part of a path is one that a URL's reader takes out, with the part before it (WHATWG URL,
/// double-dot path segments).
pub(crate) fn is_dots(part: &str) -> bool {
    let dot = |part: &'_ str| match part.as_bytes() {
        [b'.', ..] => 1,
        [b'%', b'2', b'e' | b'E', ..] => 3,
        _ => 0,
    };
    let first = dot(part);
    // Of bytes that are one dot, so at the end of a letter.
    let rest = &part[first..];
    first > 0 && (rest.is_empty() || dot(rest) == rest.len())
}

/// A text as one part of a path.
#[cfg(feature = "pocketpaw")]
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(text, false, &mut out);
    out
}

/// RFC 3986: everything but unreserved characters becomes `%XX`. Of what is a path as a whole, the
/// characters that a path can have stay too, and what is encoded already.
fn encode(text: &str, is_whole: bool, out: &mut String) {
    let bytes = text.as_bytes();
    let is_encoded =
        |at: usize| matches!(bytes.get(at + 1..at + 3), Some(hex) if hex.iter().all(u8::is_ascii_hexdigit));
    let stays = |at, byte| {
        b"-._~".contains(&byte)
            || (is_whole && (b"/!$&'()*+,;=:@".contains(&byte) || (byte == b'%' && is_encoded(at))))
    };
    percent::encode(text, stays, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn filled(template: &str, value: &str) -> Result<String> {
        fill(template, |name| (name == "id").then_some(value))
    }

    #[test]
    fn a_value_stays_one_part() {
        for (value, path) in [
            ("7", "/items/7/x"),
            ("a/b?x=1#y", "/items/a%2Fb%3Fx%3D1%23y/x"),
            ("é\u{0}\n", "/items/%C3%A9%00%0A/x"),
            ("%2e%2e", "/items/%252e%252e/x"),
            ("...", "/items/.../x"),
        ] {
            assert_eq!(filled("/items/{id}/x", value).expect("a path"), path);
        }
        assert_eq!(filled("/a-{id}.json", "..").expect("part of a part"), "/a-...json");
        assert_eq!(filled("/plain", "x").expect("no placeholder"), "/plain");
        for (value, path) in [
            ("users/7/a b", "/users/7/a%20b"),
            ("", "/"),
            ("a//b/", "/a//b/"),
            ("v1/x:run?y#z\\%2F%zz", "/v1/x:run%3Fy%23z%5C%2F%25zz"),
        ] {
            assert_eq!(filled("/{+id}", value).expect("a path"), path);
        }
    }

    #[test]
    fn what_would_change_the_path_is_refused() {
        for value in ["", ".", ".."] {
            let error = filled("/items/{id}/x", value).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Usage, "{value:?}");
        }
        for value in [
            "../x",
            "a/../x",
            "%2e%2E/x",
            "a/.%2e",
            "./x",
            "..%2f..%2Fadmin",
            "%2e%2e%2f%2e%2e%2fadmin",
            "..%5c..%5Cadmin",
            "a\\..\\x",
            ".%00./x",
            "a%00",
        ] {
            let error = filled("/{+id}", value).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Usage, "{value:?}");
        }
        assert!(filled("/items/{other}", "7").is_err());
        assert!(filled("/items/{id", "7").is_err());
        assert!(filled("items/{id}", "7").is_err());
    }
}
