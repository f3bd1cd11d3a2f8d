//! Lists that come in pages.

use std::collections::VecDeque;

use futures_util::Stream;
use reqwest::Url;
use reqwest::header::LINK;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Request;
use crate::{Error, Result};

/// How a service tells where the next page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Page {
    /// In the header `Link`, as `rel="next"` (RFC 8288).
    Link,
    /// In the answer, as a text that the next request sends back.
    Cursor {
        /// Where it stands in the answer: `meta.next_cursor`. A URL there is followed.
        at: &'static str,
        /// The parameter of the query that sends it.
        parameter: &'static str,
    },
    /// By counting: page after page, until one is empty.
    Number {
        /// The parameter of the query.
        parameter: &'static str,
        /// The number of the first page.
        first: u64,
    },
    /// By counting items: as many as came are left out next time, until none comes.
    Offset {
        /// The parameter of the query.
        parameter: &'static str,
    },
}

/// The pages of a list, one after the other; there is never more than one of them in memory.
pub struct Pages {
    request: Request,
    page: Page,
    next: Next,
    count: u64,
}

enum Next {
    First,
    Url(Url),
    Cursor(String),
    Counted,
    None,
}

impl Pages {
    pub(super) fn new(request: Request, page: Page) -> Self {
        Self { request, page, next: Next::First, count: 0 }
    }

    /// The items of all pages, which stand at `select` in each (`data.items`; nothing: the answer is the
    /// list itself). The stream ends after the last item, or after an error.
    pub fn items<T: DeserializeOwned + Send + 'static>(
        self,
        select: &'static str,
    ) -> impl Stream<Item = Result<T>> + Send {
        let state = (self, VecDeque::<Value>::new());
        futures_util::stream::try_unfold(state, move |(mut pages, mut items)| async move {
            loop {
                if let Some(item) = items.pop_front() {
                    let item = T::deserialize(item).map_err(|error| {
                        Error::upstream("an item of a page has another shape than expected")
                            .with_source(error)
                    })?;
                    return Ok(Some((item, (pages, items))));
                }
                let Some(page) = pages.page(select).await? else { return Ok(None) };
                items = page.into();
            }
        })
    }

    /// The items of the next page.
    async fn page(&mut self, select: &str) -> Result<Option<Vec<Value>>> {
        let mut request = self.request.again()?;
        match std::mem::replace(&mut self.next, Next::None) {
            Next::None => return Ok(None),
            Next::First | Next::Counted => {}
            Next::Url(url) => request.elsewhere = Some(url),
            Next::Cursor(cursor) => {
                if let Page::Cursor { parameter, .. } = self.page {
                    request = request.query(parameter, cursor);
                }
            }
        }
        match self.page {
            Page::Number { parameter, first } => request = request.query(parameter, first + self.count),
            Page::Offset { parameter } => request = request.query(parameter, self.count),
            Page::Link | Page::Cursor { .. } => {}
        }
        let response = request.send().await?;
        let url = response.url().clone();
        let link = response.headers().get_all(LINK).iter().find_map(|link| next_link(link.to_str().ok()?));
        let mut answer: Value = response.json().await?;
        let next = match self.page {
            Page::Link => link.map(|link| follow(&url, &link)).transpose()?,
            Page::Cursor { at, .. } => find(&mut answer, at)
                .and_then(cursor)
                .map(|cursor| {
                    let is_url = cursor.starts_with("https://") || cursor.starts_with("http://");
                    if is_url { follow(&url, &cursor) } else { Ok(Next::Cursor(cursor)) }
                })
                .transpose()?,
            Page::Number { .. } | Page::Offset { .. } => Some(Next::Counted),
        };
        let items = match find(&mut answer, select).map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => {
                let place = if select.is_empty() { "the answer".to_owned() } else { format!("`{select}`") };
                return Err(Error::upstream(format!("{place} is not a list in a page of the service")));
            }
        };
        self.count += match self.page {
            Page::Offset { .. } => items.len() as u64,
            _ => 1,
        };
        let ends = items.is_empty() && matches!(next, Some(Next::Counted));
        self.next = next.filter(|_| !ends).unwrap_or(Next::None);
        if let (Next::Url(next), true) = (&self.next, items.is_empty()) {
            // A link to the same empty page for ever.
            if *next == url {
                return Err(Error::upstream("the next page that the service names is the page itself"));
            }
        }
        Ok(Some(items))
    }
}

fn follow(page: &Url, link: &str) -> Result<Next> {
    let next = page
        .join(link)
        .map_err(|_| Error::upstream("where the service says that the next page is, is no URL"))?;
    if next == *page {
        return Err(Error::upstream("the next page that the service names is the page itself"));
    }
    Ok(Next::Url(next))
}

/// A cursor as text; none where there is no next page.
fn cursor(value: &mut Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| std::mem::take(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What stands at a path of names: `data.items`.
fn find<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(value, |value, name| match value {
        Value::Object(members) => members.get_mut(name),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The target of the link whose relation is `next` (RFC 8288, section 3).
fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = after.find(",<").or_else(|| after.find(", <")).unwrap_or(after.len());
        let (parameters, others) = after.split_at(end);
        let is_next = parameters.split(';').any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else { return false };
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .trim()
                    .trim_matches('"')
                    .split(' ')
                    .any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target.to_owned());
        }
        rest = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_next_link_is_found() {
        let github = r#"<https://a.test/x?page=1>; rel="prev", <https://a.test/x?page=3,4>; rel="next", <https://a.test/x?page=9>; rel="last""#;
        assert_eq!(next_link(github).as_deref(), Some("https://a.test/x?page=3,4"));
        assert_eq!(next_link("</b>;title=\"x\"; rel=\"first next\"").as_deref(), Some("/b"));
        assert_eq!(next_link("</b>; REL=next").as_deref(), Some("/b"));
        for none in ["", "<", "</b>; rel=prev", "</b>", "rel=next"] {
            assert_eq!(next_link(none), None, "{none}");
        }
    }

    #[test]
    fn a_path_of_names_is_followed() {
        let mut value = json!({"data": {"items": [1, {"x": 2}]}});
        assert_eq!(find(&mut value, "data.items.1.x"), Some(&mut json!(2)));
        assert_eq!(find(&mut value, "data.none"), None);
        assert!(find(&mut value, "").is_some());
    }
}
