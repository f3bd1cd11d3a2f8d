//! Lists that come in pages.

use std::collections::VecDeque;

use futures_util::Stream;
use reqwest::Url;
use reqwest::header::LINK;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Request;
use super::circle::Trail;
use super::pick::pick;
use super::response::{json_of, misread};
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
    /// How many pages without an item came one after the other.
    empty: u32,
    /// Where it was led to by a link or a cursor.
    trail: Trail,
    /// Who sent the last page.
    host: String,
}

/// A list of more items than this is taken only by who says how many of them.
const MOST_ITEMS: u64 = 10_000;

/// So many pages without an item lead nowhere.
const MOST_EMPTY: u32 = 100;

enum Next {
    First,
    Url(Url),
    Cursor(String),
    Counted,
    None,
}

impl Pages {
    pub(super) fn new(request: Request, page: Page) -> Self {
        Self {
            request,
            page,
            next: Next::First,
            count: 0,
            empty: 0,
            trail: Trail::default(),
            host: String::new(),
        }
    }

    /// The items of all pages, which stand at `select` in each (`data.items`; nothing: the answer is the
    /// list itself). The stream ends after the last item, or after an error.
    pub fn items<T: DeserializeOwned + Send + 'static>(
        self,
        select: &'static str,
    ) -> impl Stream<Item = Result<T>> + Send {
        let state = (self, VecDeque::<Box<RawValue>>::new());
        futures_util::stream::try_unfold(state, move |(mut pages, mut items)| async move {
            loop {
                if let Some(item) = items.pop_front() {
                    let item = serde_json::from_str(item.get()).map_err(|error| {
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

    /// The items of all pages as one list in JSON, of at most `most` items, and who sent them. Without `most`
    /// a list is never cut: one that is too long is an error.
    pub(crate) async fn collect(mut self, select: &str, most: Option<u64>) -> Result<(Vec<u8>, String)> {
        let limit = most.unwrap_or(MOST_ITEMS);
        let most_bytes = self.request.http.inner.most_bytes;
        let (mut json, mut count) = (vec![b'['], 0);
        while count < limit || most.is_none() {
            let Some(items) = self.page(select).await? else { break };
            for item in items {
                if count == limit {
                    if most.is_some() {
                        break;
                    }
                    return Err(Error::upstream(format!(
                        "`{}` has more than {limit} items; the action has to say how many it takes (`most`)",
                        self.host
                    )));
                }
                if count > 0 {
                    json.push(b',');
                }
                json.extend_from_slice(item.get().as_bytes());
                count += 1;
                if json.len() as u64 > most_bytes {
                    return Err(Error::upstream(format!(
                        "the pages of `{}` hold more than the {most_bytes} bytes that are taken",
                        self.host
                    )));
                }
            }
        }
        json.push(b']');
        Ok((json, self.host))
    }

    /// The items of the next page.
    async fn page(&mut self, select: &str) -> Result<Option<Vec<Box<RawValue>>>> {
        let mut request = self.request.again()?;
        if !matches!(self.next, Next::First) {
            request = request.unnamed();
        }
        match std::mem::replace(&mut self.next, Next::None) {
            Next::None => return Ok(None),
            Next::First | Next::Counted => {}
            Next::Url(url) => request.elsewhere = Some(url),
            Next::Cursor(cursor) => {
                if let Page::Cursor { parameter, .. } = self.page {
                    request = request.query_anew(parameter, cursor);
                }
            }
        }
        match self.page {
            Page::Number { parameter, first } => request = request.query_anew(parameter, first + self.count),
            Page::Offset { parameter } => request = request.query_anew(parameter, self.count),
            Page::Link | Page::Cursor { .. } => {}
        }
        let response = request.whole().send().await?;
        let url = response.url().clone();
        let link = response.headers().get_all(LINK).iter().find_map(|link| next_link(link.to_str().ok()?));
        response.host().clone_into(&mut self.host);
        let media_type = response.media_type();
        let body = response.bytes().await?;
        let (host, json) = (&self.host, json_of(&body));
        let at = |path| pick(json, path).map_err(|error| misread(error, host, &media_type));
        let next = match self.page {
            Page::Link => link.map(|link| follow(&url, &link)).transpose()?,
            Page::Cursor { at: path, .. } => at(path)?
                .and_then(cursor)
                .map(|cursor| {
                    let is_url = cursor.starts_with("https://") || cursor.starts_with("http://");
                    if is_url { follow(&url, &cursor) } else { Ok(Next::Cursor(cursor)) }
                })
                .transpose()?,
            Page::Number { .. } | Page::Offset { .. } => Some(Next::Counted),
        };
        let items =
            at(select)?.and_then(|items| serde_json::from_str::<Vec<Box<RawValue>>>(items.get()).ok());
        let Some(items) = items else {
            let place = if select.is_empty() { "the answer".to_owned() } else { format!("`{select}`") };
            return Err(Error::upstream(format!("{place} is not a list in a page of the service")));
        };
        self.count += match self.page {
            Page::Offset { .. } => items.len() as u64,
            _ => 1,
        };
        let ends = items.is_empty() && matches!(next, Some(Next::Counted));
        self.next = next.filter(|_| !ends).unwrap_or(Next::None);
        self.empty = if items.is_empty() { self.empty + 1 } else { 0 };
        if self.empty > MOST_EMPTY {
            let message = format!("`{}` answers page after page with nothing on it", self.host);
            return Err(Error::upstream(message));
        }
        let place = match &self.next {
            Next::Url(url) => Some(url.as_str()),
            Next::Cursor(cursor) => Some(cursor.as_str()),
            Next::First | Next::Counted | Next::None => None,
        };
        if let Some(place) = place
            && self.trail.returns_to(place)
        {
            let message = format!("`{}` names a next page that it has named before", self.host);
            return Err(Error::upstream(message));
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
fn cursor(json: &RawValue) -> Option<String> {
    match json.get().as_bytes().first()? {
        b'"' => String::deserialize(json).ok().filter(|text| !text.is_empty()),
        b'-' | b'0'..=b'9' => Some(json.get().to_owned()),
        _ => None,
    }
}

/// The target of the link whose relation is `next` (RFC 8288, section 3).
fn next_link(header: &str) -> Option<String> {
    parted(header, ',').into_iter().find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parted(parameters, ';').into_iter().any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else { return false };
            let mut relations = value.trim().trim_matches('"').split_whitespace();
            name.trim().eq_ignore_ascii_case("rel")
                && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        is_next.then(|| target.to_owned())
    })
}

/// The parts of a header between a sign that stands neither in quotes nor in a target. A quote that is never closed is
/// a letter: what stands after it would be lost.
fn parted(header: &str, sign: char) -> Vec<&str> {
    parted_with(header, sign, true).unwrap_or_else(|| parted_with(header, sign, false).unwrap_or_default())
}

/// None where a quote is never closed.
fn parted_with(header: &str, sign: char, quotes: bool) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut in_quotes, mut is_escaped, mut in_target) = (false, false, false);
    for (place, letter) in header.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if in_quotes => is_escaped = true,
            '"' if quotes && !in_target => in_quotes = !in_quotes,
            '<' if !in_quotes => in_target = true,
            '>' if !in_quotes => in_target = false,
            _ if letter == sign && !in_quotes && !in_target => {
                parts.push(&header[start..place]);
                start = place + sign.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    (!in_quotes).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found() {
        let github = r#"<https://a.test/x?page=1>; rel="prev", <https://a.test/x?page=3,4>; rel="next", <https://a.test/x?page=9>; rel="last""#;
        assert_eq!(next_link(github).as_deref(), Some("https://a.test/x?page=3,4"));
        assert_eq!(next_link("</b>;title=\"x\"; rel=\"first next\"").as_deref(), Some("/b"));
        assert_eq!(next_link("</b>; REL=next").as_deref(), Some("/b"));
        assert_eq!(next_link("</a>; title=\"5\" disk\"; rel=prev, </b>; rel=next").as_deref(), Some("/b"));
        // Any blanks, or none, and signs in quotes that mean nothing.
        for links in [
            "<a>; rel=\"prev\",  <b>; rel=\"next\"",
            "<a>;rel=prev,<b>;rel=next",
            "<a>; rel=prev\t,\t<b> ; rel = next",
            "<a>; title=\"x, <c>; rel=next; \\\"\"; rel=prev, <b>; rel=next",
            "<a,;\">; rel=prev, <b>; rel=next",
        ] {
            assert_eq!(next_link(links).as_deref(), Some("b"), "{links}");
        }
        for none in ["", "<", "</b>; rel=prev", "</b>", "rel=next", "<a>; title=\"; rel=next\""] {
            assert_eq!(next_link(none), None, "{none}");
        }
    }
}
