//! From a connector's settings to the base URL and the credentials of its client.

use super::{Builder, Credentials, Http, template};
use crate::manifest::{ApiKeyPlace, Auth, Manifest};
use crate::{Error, Result, Secret};

/// What a connection was opened with.
pub(crate) trait Values {
    /// A setting, as text.
    fn setting(&self, name: &str) -> Option<String>;

    /// A credential.
    fn secret(&self, name: &str) -> Option<Secret>;

    /// What goes with requests where a credential is a bearer's token.
    fn bearer(&self, token: &str) -> Result<Credentials> {
        Ok(self.secret(token).map_or(Credentials::None, Credentials::Bearer))
    }

    /// What goes with requests where tokens are obtained.
    fn tokens(&self) -> Result<Credentials> {
        Err(Error::setup("OAuth 2.0 needs the feature `oauth` of connector-sdk"))
    }
}

/// A client for a connector's service. `base` may have settings in braces: the whole of it
/// (`{url}`), its host or a part of that (`https://{shop}.example.com`), or parts of its path.
pub(crate) fn client(manifest: &Manifest, base: &str, values: &impl Values) -> Result<Builder> {
    Ok(nobody(manifest, base, values)?.credentials(credentials(&manifest.auth, values)?))
}

/// The same without credentials.
pub(crate) fn nobody(manifest: &Manifest, base: &str, values: &impl Values) -> Result<Builder> {
    let (url, from_setting) = url(base, |name| values.setting(name))?;
    let mut builder = Http::builder(url).user_agent(format!("{}/{}", manifest.id, manifest.version));
    if from_setting {
        builder = builder.public_only();
    }
    Ok(builder)
}

/// A URL with settings in its braces, and whether its host comes from a setting.
pub(crate) fn url(base: &str, setting: impl Fn(&str) -> Option<String>) -> Result<(String, bool)> {
    let value_of = |name: &str| {
        setting(name).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
            Error::setup(format!("setting `{name}` is missing; the service's address needs it"))
        })
    };
    if let Some((name, rest)) = base.strip_prefix('{').and_then(|base| base.split_once('}')) {
        let whole = value_of(name)?;
        return Ok((format!("{}{}", whole.trim().trim_end_matches('/'), filled(rest, &value_of)?), true));
    }
    let Some((scheme, rest)) = base.split_once("://") else {
        return Err(Error::internal(format!("the base URL `{base}` has no scheme")));
    };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let mut text = format!("{scheme}://");
    let mut left = host;
    while let Some((before, after)) = left.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = value_of(name)?;
        let value = value.trim();
        if !is_part_of_host(value) {
            return Err(Error::setup(format!(
                "setting `{name}` is a part of the service's address; it takes letters, digits, `-` and `.` alone"
            ))
            .with_detail("setting", name));
        }
        text.push_str(before);
        text.push_str(value);
        left = after;
    }
    text.push_str(left);
    text.push_str(&filled(path, &value_of)?);
    Ok((text, host.contains('{')))
}

/// A path with settings in it.
fn filled(path: &str, value_of: &impl Fn(&str) -> Result<String>) -> Result<String> {
    if !path.contains('{') {
        return Ok(path.to_owned());
    }
    let names = path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
    let values = names.map(|name| Ok((name, value_of(name)?))).collect::<Result<Vec<_>>>()?;
    template::fill(path, |name| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    })
}

/// What can stand in a name of DNS (RFC 1123), and so can't end the host and begin something else.
fn is_part_of_host(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        && !text.starts_with('.')
        && !text.contains("..")
}

fn credentials(auth: &Auth, values: &impl Values) -> Result<Credentials> {
    // An optional credential that isn't set: the service is asked without.
    Ok(match auth {
        Auth::Any { .. } => match auth.way(|name| values.secret(name).is_some()) {
            Auth::Any { .. } => return Err(Error::internal("`any` is one of its own ways")),
            way => credentials(way, values)?,
        },
        Auth::OAuth2(_) => values.tokens()?,
        Auth::None => Credentials::None,
        Auth::Bearer { token } => values.bearer(token)?,
        Auth::ApiKey { key, place } => match (values.secret(key), place) {
            (None, _) => Credentials::None,
            (Some(value), ApiKeyPlace::Header(name)) => Credentials::Header { name: name.clone(), value },
            (Some(value), ApiKeyPlace::Query(name)) => Credentials::Query { name: name.clone(), value },
            (Some(value), ApiKeyPlace::Cookie(name)) => Credentials::Cookie { name: name.clone(), value },
        },
        Auth::Basic { user, password } => match values.secret(password) {
            None => Credentials::None,
            Some(password) => {
                let user = values
                    .setting(user)
                    .or_else(|| values.secret(user).map(|user| user.expose().to_owned()))
                    .unwrap_or_default();
                Credentials::Basic { user, password }
            }
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn of(base: &str, value: &str) -> Result<(String, bool)> {
        url(base, |name| (name == "shop").then(|| value.to_owned()))
    }

    #[test]
    fn settings_stand_in_their_place() {
        for (base, value, expected, from_setting) in [
            ("https://api.test/v1", "x", "https://api.test/v1", false),
            ("https://{shop}.test/v1", "my-shop", "https://my-shop.test/v1", true),
            ("https://{shop}/admin", "a.my-shop.test", "https://a.my-shop.test/admin", true),
            ("{shop}/rest", " https://jira.test/ ", "https://jira.test/rest", true),
            ("{shop}", "http://127.0.0.1:80", "http://127.0.0.1:80", true),
            ("https://api.test/{shop}/v1", "a/b", "https://api.test/a%2Fb/v1", false),
        ] {
            assert_eq!(of(base, value).expect(base), (expected.to_owned(), from_setting), "{base}");
        }
    }

    #[test]
    fn a_setting_does_not_lead_to_another_host() {
        for value in [
            "evil.test/#",
            "evil.test/",
            "me@evil.test",
            "evil.test:80",
            "evil.test?",
            "a\nb",
            "..",
            "é.test",
            "",
            " ",
        ] {
            let error = of("https://{shop}.test/v1", value).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::Setup, "{value}");
        }
        assert!(of("https://api.test/{shop}", "..").is_err());
        assert_eq!(of("https://{other}.test", "x").expect_err("not set").kind(), ErrorKind::Setup);
    }
}
