//! Name and value pairs as forms write them (WHATWG URL, `application/x-www-form-urlencoded`).

use std::borrow::Borrow;

use reqwest::Url;

/// The text of a form.
pub(crate) fn form_text<I, N, V>(fields: I) -> String
where
    I: IntoIterator,
    I::Item: Borrow<(N, V)>,
    N: AsRef<str>,
    V: AsRef<str>,
{
    let Ok(mut url) = Url::parse("form:") else { return String::new() };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}
