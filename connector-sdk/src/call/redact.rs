//! Takes a connection's secrets out of whatever leaves it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use serde_json::Value;

use super::sieve::Sieve;
use crate::{Choice, Error, Level, Observer, Output, Secret, percent};

/// What stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// What is shorter stands by chance in texts that have nothing to do with the secret.
const SHORTEST_SURE: usize = 6;

/// Knows the secrets of a connection, and puts `[redacted]` in their place.
///
/// A secret is found as it is, escaped as JSON, percent-encoded, in hexadecimal digits, and in base64 with
/// whatever stands around it.
#[derive(Default)]
pub struct Redactor {
    /// The forms of the secrets, the longest first, so that no form leaves the rest of a longer one.
    forms: Vec<Finder<'static>>,
    /// What the secret of each form is called; nothing: it has no name.
    names: Vec<Arc<str>>,
    /// Those forms that JSON text is not written with, as it is written: a quoted secret in a text of the
    /// output is escaped twice in its bytes.
    written: Vec<Finder<'static>>,
    /// Of all these, to tell soon that there is nothing to do. None where one of them is too short.
    sieve: Option<Sieve>,
    /// The secrets that the connection has obtained since it was opened.
    #[cfg(feature = "oauth")]
    learned: Option<Arc<super::Learned>>,
}

impl Redactor {
    /// A redactor that knows some secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self::named(secrets.into_iter().map(|secret| ("", secret)))
    }

    /// A redactor that knows some secrets and what each is called.
    pub(crate) fn named<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a Secret)>) -> Self {
        let mut named: Vec<(String, Arc<str>)> = Vec::new();
        for (name, secret) in secrets {
            let (name, mut forms) = (Arc::<str>::from(name), Vec::new());
            add_forms(secret.expose(), &mut forms);
            named.extend(forms.into_iter().map(|form| (form, Arc::clone(&name))));
        }
        named.sort_unstable_by(|(a, first), (b, second)| {
            b.len().cmp(&a.len()).then_with(|| a.cmp(b)).then_with(|| first.cmp(second))
        });
        named.dedup_by(|(later, _), (form, _)| later == form);
        let (forms, names): (Vec<String>, Vec<Arc<str>>) = named.into_iter().unzip();
        let finder = |form: &String| Finder::new(form.as_bytes()).into_owned();
        let written = forms.iter().filter_map(|form| as_written(form).filter(|written| written != form));
        let redactor = Self {
            written: written.map(|form| finder(&form)).collect(),
            forms: forms.iter().map(finder).collect(),
            names,
            sieve: None,
            #[cfg(feature = "oauth")]
            learned: None,
        };
        Self { sieve: Sieve::new(redactor.words()), ..redactor }
    }

    fn words(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.forms.iter().chain(&self.written).map(Finder::needle)
    }

    /// Whether one of the own secrets stands in a text, in a form as it is or as JSON is written.
    fn finds(&self, text: &[u8]) -> bool {
        match &self.sieve {
            Some(sieve) => sieve.finds(text, self.words()),
            None => self.forms.iter().chain(&self.written).any(|form| form.find(text).is_some()),
        }
    }

    /// The same redactor, which also knows what a connection obtains from now on.
    #[cfg(feature = "oauth")]
    pub(crate) fn learning(mut self, learned: Arc<super::Learned>) -> Self {
        self.learned = Some(learned);
        self
    }

    #[cfg(feature = "oauth")]
    fn learned(&self) -> Option<Arc<Self>> {
        self.learned.as_ref()?.redactor()
    }

    #[cfg(not(feature = "oauth"))]
    fn learned(&self) -> Option<Arc<Self>> {
        None
    }

    /// The text without secrets, or none where it has none.
    pub fn text(&self, text: &str) -> Option<String> {
        self.without(text, false)
    }

    /// The same of an id. It says what the secret is called that stood there, so that ids of which one holds this secret
    /// and the other that one stay apart, and each stays what it is when the secrets are others one day. Their hashes would
    /// tell a short secret to whoever tries all that there are.
    #[cfg(feature = "events")]
    pub(crate) fn id(&self, id: &str) -> Option<String> {
        self.without(id, true)
    }

    fn without(&self, text: &str, says_names: bool) -> Option<String> {
        let own = self.without_own(text, says_names);
        match self.learned() {
            Some(learned) => learned.without_own(own.as_deref().unwrap_or(text), false).or(own),
            None => own,
        }
    }

    /// Whether a secret stands in a text and isn't there by chance, as `1234` is in a number.
    #[cfg(feature = "events")]
    pub(crate) fn surely_finds(&self, text: &str) -> bool {
        let long = || self.forms.iter().filter(|form| form.needle().len() >= SHORTEST_SURE);
        let own = self.finds(text.as_bytes()) && long().any(|form| form.find(text.as_bytes()).is_some());
        own || self.learned().is_some_and(|learned| learned.surely_finds(text))
    }

    fn without_own(&self, text: &str, says_names: bool) -> Option<String> {
        if !self.finds(text.as_bytes()) {
            return None;
        }
        let mut redacted: Option<String> = None;
        for (form, name) in self.forms.iter().zip(&self.names) {
            let current = redacted.as_deref().unwrap_or(text);
            if form.find(current.as_bytes()).is_some() {
                let mark = match says_names && !name.is_empty() {
                    true => Cow::Owned(format!("[redacted {name}]")),
                    false => Cow::Borrowed(REDACTED),
                };
                redacted = Some(replace(current, form, &mark));
            }
        }
        redacted
    }

    /// Takes secrets out of all texts, keys and numbers of a JSON value. Says whether there were any.
    pub fn value(&self, value: &mut Value) -> bool {
        if self.forms.is_empty() && self.learned().is_none() {
            return false;
        }
        match value {
            Value::String(text) => match self.text(text) {
                Some(redacted) => {
                    *text = redacted;
                    true
                }
                None => false,
            },
            Value::Number(number) => {
                let secret = self.text(&number.to_string()).is_some();
                if secret {
                    *value = REDACTED.into();
                }
                secret
            }
            Value::Array(items) => items.iter_mut().fold(false, |found, item| self.value(item) | found),
            Value::Object(members) => {
                let found = members.values_mut().fold(false, |found, member| self.value(member) | found);
                if !members.keys().any(|key| self.text(key).is_some()) {
                    return found;
                }
                for (key, member) in std::mem::take(members) {
                    members.insert(self.text(&key).unwrap_or(key), member);
                }
                true
            }
            Value::Null | Value::Bool(_) => false,
        }
    }

    pub(crate) fn output(&self, output: Output) -> Output {
        let output = self.clean(output);
        #[cfg(test)]
        crate::traces::leave(output.as_bytes());
        output
    }

    fn clean(&self, output: Output) -> Output {
        let bytes = output.as_bytes();
        if !self.suspects(bytes) && !self.learned().is_some_and(|learned| learned.suspects(bytes)) {
            return output;
        }
        match serde_json::from_slice::<Value>(bytes) {
            Ok(mut value) => {
                if self.value(&mut value) {
                    Output(value.to_string().into_bytes())
                } else {
                    output
                }
            }
            // Not JSON after all, which the input of a connector that isn't ours may be: text, then.
            Err(_) => match self.text(&String::from_utf8_lossy(bytes)) {
                Some(redacted) => Output(redacted.into_bytes()),
                None => output,
            },
        }
    }

    /// Whether JSON text may hold one of the own secrets.
    fn suspects(&self, bytes: &[u8]) -> bool {
        // A text may be written with `\u0061` for `a`, so such output has to be read to be searched.
        !self.forms.is_empty() && (has_unusual_escapes(bytes) || self.finds(bytes))
    }

    pub(crate) fn error(&self, error: Error) -> Error {
        let error = error.map_text(
            |text| self.text(text),
            |details| {
                let mut value = Value::Object(std::mem::take(details));
                self.value(&mut value);
                if let Value::Object(redacted) = value {
                    *details = redacted;
                }
            },
        );
        #[cfg(test)]
        crate::traces::leave(format!("{error:?}"));
        error
    }

    pub(super) fn choice(&self, choice: Choice) -> Choice {
        Choice {
            id: self.text(&choice.id).unwrap_or(choice.id),
            name: self.text(&choice.name).unwrap_or(choice.name),
        }
    }

    pub(super) fn observer(self: &Arc<Self>, observer: Arc<dyn Observer>) -> Arc<dyn Observer> {
        Arc::new(Redacted { observer, redactor: Arc::clone(self) })
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

struct Redacted {
    observer: Arc<dyn Observer>,
    redactor: Arc<Redactor>,
}

impl Observer for Redacted {
    fn log(&self, level: Level, message: &str) {
        match self.redactor.text(message) {
            Some(redacted) => self.observer.log(level, &redacted),
            None => self.observer.log(level, message),
        }
    }

    fn progress(&self, done: u64, total: Option<u64>) {
        self.observer.progress(done, total);
    }
}

/// Whether there is an escape that a form of a secret as JSON wouldn't be written with. Those that it
/// would (`\n`) are found as they are.
fn has_unusual_escapes(json: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', json).any(|at| matches!(json.get(at + 1), Some(b'u' | b'/')))
}

fn replace(text: &str, form: &Finder<'_>, mark: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for at in form.find_iter(text.as_bytes()) {
        out.push_str(&text[rest..at]);
        out.push_str(mark);
        rest = at + form.needle().len();
    }
    out.push_str(&text[rest..]);
    out
}

/// A text as it stands between the quotes of JSON.
fn as_written(text: &str) -> Option<String> {
    let json = serde_json::to_string(text).ok()?;
    Some(json[1..json.len() - 1].to_owned())
}

/// A secret as it may look after somebody encoded it.
fn add_forms(secret: &str, forms: &mut Vec<String>) {
    // A key file is trimmed by some and not by others; both are the secret.
    for secret in [secret, secret.trim()] {
        if secret.is_empty() {
            continue;
        }
        forms.push(secret.to_owned());
        forms.push(secret.escape_debug().to_string());
        forms.extend(as_written(secret));
        let percent = percent_encoded(secret, b"-._~");
        // A form keeps other characters than a path does (WHATWG URL, application/x-www-form-urlencoded).
        let form = percent_encoded(secret, b"*-._").replace("%20", "+");
        forms.push(percent.replace("%20", "+"));
        for encoded in [percent, form] {
            forms.push(lower_escapes(&encoded));
            forms.push(encoded);
        }
        if secret.len() >= SHORTEST_SURE {
            for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
                forms.extend((0..3).map(|before| base64_inside(engine, secret.as_bytes(), before)));
            }
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            forms.push(hex.to_ascii_uppercase());
            forms.push(hex);
        }
    }
}

/// Everything but letters, digits and the characters in `kept` becomes `%XX` (RFC 3986 keeps `-._~`).
fn percent_encoded(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    percent::encode(text, |_, byte| kept.contains(&byte), &mut out);
    out
}

fn lower_escapes(percent: &str) -> String {
    let mut parts = percent.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(part.len().min(2));
        out.push('%');
        out.push_str(&digits.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}

/// The part of a base64 text that depends on the secret alone, when `before` bytes (modulo 3) stand
/// before the secret, as in `user:secret`.
fn base64_inside(engine: &impl base64::Engine, secret: &[u8], before: usize) -> String {
    let padded: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.iter().copied()).collect();
    let encoded = engine.encode(&padded);
    // Letters that share bits with what stands before or after are no part of the secret.
    let first = (before * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    encoded[first..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "p/ss wörd\"\n+1";

    fn redactor() -> Redactor {
        Redactor::new(&[Secret::new(SECRET)])
    }

    #[test]
    fn every_form_of_a_secret_is_found() {
        use base64::Engine as _;
        let encoded = |before: &str| BASE64_STANDARD_NO_PAD.encode(format!("{before}{SECRET}!"));
        let forms = [
            SECRET.to_owned(),
            format!("{SECRET:?}"),
            "p%2Fss%20w%C3%B6rd%22%0A%2B1".to_owned(),
            "p%2fss+w%C3%B6rd".to_owned().replace("+w%C3%B6rd", "%20w%c3%b6rd%22%0a%2b1"),
            encoded(""),
            encoded("u:"),
            encoded("user:"),
            "702f73732077c3b67264220a2b31".to_owned(),
            "0x702F73732077C3B67264220A2B31".to_owned(),
        ];
        for form in forms {
            let text = format!("before {form} after");
            let redacted = redactor().text(&text).unwrap_or_else(|| panic!("not found in {text}"));
            assert!(redacted.starts_with("before ") && redacted.ends_with(" after"), "{redacted}");
            assert!(redacted.contains(REDACTED), "{redacted}");
        }
        assert_eq!(redactor().text("nothing here"), None);
    }

    #[test]
    fn a_secret_is_found_in_a_form() {
        for (secret, sent) in
            [("ab~cd", "ab%7Ecd"), ("ab~cd", "ab%7ecd"), ("ab*c/d", "ab*c%2Fd"), ("a b~c*d", "a+b%7Ec*d")]
        {
            let text = format!("x={sent}&y");
            let redacted = Redactor::new(&[Secret::new(secret)]).text(&text);
            assert_eq!(redacted.as_deref(), Some("x=[redacted]&y"), "{text}");
        }
    }

    #[test]
    fn output_stays_json_whatever_the_secret_is() {
        for (secret, json) in [
            ("12345", r#"{"n":12345,"m":[112345.5]}"#),
            ("\"", r#"{"a\"b":"\""}"#),
            ("abc", r#"{"abc":"\u0061bc"}"#),
            ("a/b", r#"["a\/b"]"#),
            ("true", r#"{"x":true,"y":"true"}"#),
        ] {
            let redacted = Redactor::new(&[Secret::new(secret)]).output(Output(json.into()));
            let value: Value = redacted.parse().expect("JSON");
            let again = value.to_string().replace("true,", "");
            assert!(!again.replace('\\', "").contains(&secret.replace('"', "\u{1}")), "{again}");
            assert!(again.contains(REDACTED), "{again}");
        }
    }

    #[test]
    fn output_without_secrets_is_untouched() {
        let json = r#"{ "b":1.0, "a":"\u001b[0m" }"#;
        assert_eq!(redactor().output(Output(json.into())).as_bytes(), json.as_bytes());
    }

    #[test]
    fn errors_lose_secrets_and_their_causes() {
        let error = Error::upstream(format!("bad token {SECRET}"))
            .with_detail("token", SECRET)
            .with_detail(SECRET, "token")
            .with_source(std::io::Error::other(SECRET));
        let shown = format!("{:?}", redactor().error(error));
        assert!(!shown.contains("ss w"), "{shown}");
    }
}
