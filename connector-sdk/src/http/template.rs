//! Paths with placeholders: `/repos/{owner}/{repo}/issues`.

use crate::{Error, Result};

/// Puts values into the placeholders of a path. Each value becomes one part of the path or of a part,
/// percent-encoded, so that it can't begin another part, a query or another host.
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
        let value = value_of(name)
            .ok_or_else(|| Error::internal(format!("nothing fills `{{{name}}}` of the path `{template}`")))?;
        if value.is_empty() {
            return Err(Error::usage(format!("`{name}` is empty; it is a part of a path"))
                .with_detail("argument", name));
        }
        path.push_str(before);
        encode(value, &mut path);
        rest = after;
    }
    path.push_str(rest);
    // A URL's reader would take these out, with the part before them.
    if path.split('/').any(|part| part == "." || part == "..") {
        return Err(Error::usage("`.` and `..` are no parts of a path to a service"));
    }
    Ok(path)
}

/// RFC 3986: everything but unreserved characters becomes `%XX`.
fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)]));
            out.extend(['%', high, low]);
        }
    }
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
    }

    #[test]
    fn what_would_change_the_path_is_refused() {
        for value in ["", ".", ".."] {
            let error = filled("/items/{id}/x", value).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Usage, "{value:?}");
        }
        assert!(filled("/items/{other}", "7").is_err());
        assert!(filled("/items/{id", "7").is_err());
        assert!(filled("items/{id}", "7").is_err());
    }
}
