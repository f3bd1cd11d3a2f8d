//! A mail out of its bytes, whatever they are.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use connector_sdk::message::{Attachment, timestamp};
use mail_parser::{
    Addr, Address, DateTime, GetHeader as _, HeaderName, HeaderValue, Message, MessageParser,
    MimeHeaders as _, PartType,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::imap::Raw;
use crate::message::Place;
use crate::message_id::MessageId;
use crate::text::{one_line, paragraphs};

/// As much of a text as somebody reads, in bytes. Hosts read a mail as one line of JSON.
const MOST_OF_A_TEXT: usize = 128 * 1024;

/// The longest name or subject, in characters.
const LONGEST: usize = 500;

/// How many addresses, attachments and earlier mails are told.
const MOST: usize = 100;

/// How deep parts may lie in others to be told.
const DEEPEST: usize = 20;

/// A mail of a folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Mail {
    /// Its number in the folder.
    pub uid: u32,
    /// Its name wherever it is, with angle brackets.
    pub message_id: Option<String>,
    /// Who wrote it.
    pub from: Option<Person>,
    /// Where answers go, where that is not who wrote it.
    pub reply_to: Option<Person>,
    /// Whom it was written to.
    pub to: Vec<Person>,
    /// Who gets a copy.
    pub cc: Vec<Person>,
    /// What it is about.
    pub subject: String,
    /// When it was written, RFC 3339 in UTC; when it came, where it doesn't say.
    pub date: Option<String>,
    /// The mail that it answers.
    pub in_reply_to: Option<String>,
    /// The mails before it in its thread, the first of them first.
    pub references: Vec<String>,
    /// What it says.
    pub text: String,
    /// The files that came with it: where they lie, and what is known of them.
    pub attachments: Vec<Attachment>,
    /// Whether a program wrote it, as an absence notice or a list does: it wants no answer.
    pub automatic: bool,
    /// How large it is, in bytes.
    pub size: u32,
    /// Whether there is more of it than what was read.
    pub truncated: bool,
    /// Why it couldn't be read, where it couldn't.
    pub problem: Option<String>,
}

/// Somebody with a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Person {
    /// Their address.
    pub address: String,
    /// Their name, if it is told.
    pub name: String,
}

impl Mail {
    /// Reads a mail. Whatever it is, something is made of it: one that can't be read must not hold up the next.
    pub(crate) fn read(place: &Place<'_>, validity: u32, uid: u32, raw: &Raw) -> Self {
        let mut mail = Self { uid, size: raw.size, date: arrived(raw).map(timestamp), ..Self::default() };
        let Some(bytes) = &raw.bytes else {
            mail.problem = Some("the server can't give it".to_owned());
            return mail;
        };
        mail.truncated = u32::try_from(bytes.len()).is_ok_and(|length| length < raw.size);
        // The parser says that it never panics. If it does for one mail out of millions, that one has no text.
        let known = mail.clone();
        let read = catch_unwind(|| {
            let mut mail = known;
            match MessageParser::default().parse(bytes) {
                Some(message) => mail.fill(place, validity, &message, raw),
                // Not one header.
                None => mail.say(&String::from_utf8_lossy(bytes)),
            }
            mail
        });
        read.unwrap_or_else(|_| {
            mail.problem = Some("its parts can't be told apart".to_owned());
            mail
        })
    }

    fn fill(&mut self, place: &Place<'_>, validity: u32, message: &Message<'_>, raw: &Raw) {
        self.message_id = message.message_id().and_then(MessageId::read).map(|id| id.to_string());
        self.from =
            people(message.from()).into_iter().next().or_else(|| people(message.sender()).into_iter().next());
        let reply_to = people(message.reply_to()).into_iter().next();
        self.reply_to =
            reply_to.filter(|reply| self.from.as_ref().is_none_or(|from| from.address != reply.address));
        self.to = people(message.to());
        self.cc = people(message.cc());
        self.subject = one_line(message.subject().unwrap_or_default(), LONGEST);
        if let Some(written) = message.date().and_then(|date| moment(date, arrived(raw))) {
            self.date = Some(timestamp(written));
        }
        self.in_reply_to = ids(message.in_reply_to()).pop();
        self.references = ids(message.references());
        self.automatic = is_automatic(message);
        let mut text = String::new();
        for part in 0..message.text_body_count().min(MOST) {
            if let Some(more) = message.body_text(part)
                && !more.trim().is_empty()
            {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&more);
            }
        }
        self.say(&text);
        self.attach(place, validity, message);
    }

    fn say(&mut self, text: &str) {
        let (text, is_whole) = paragraphs(text, MOST_OF_A_TEXT);
        self.text = text;
        self.truncated |= !is_whole;
    }

    fn attach(&mut self, place: &Place<'_>, validity: u32, message: &Message<'_>) {
        let sections = sections(message);
        for id in message.attachments.iter().take(MOST) {
            let (Some(part), Some(section)) = (message.part(*id), sections.get(id)) else { continue };
            let mut attachment = Attachment::url(place.url(validity, self.uid, section));
            if let Some(name) = part.attachment_name() {
                attachment = attachment.name(one_line(name, LONGEST));
            }
            let kind = part.content_type().map(|kind| {
                let kind = [kind.ctype(), kind.subtype().unwrap_or("octet-stream")].join("/");
                one_line(&kind.to_ascii_lowercase(), 100)
            });
            attachment = attachment.mime_type(kind.unwrap_or_else(|| "application/octet-stream".to_owned()));
            // How long the one is through which the cut went isn't known.
            let is_cut = self.truncated && part.offset_end as usize >= message.raw_message.len();
            if !is_cut {
                attachment = attachment.size(part.len() as u64);
            }
            self.attachments.push(attachment);
        }
    }

    /// The first mail of its thread; itself, if it begins one.
    pub(crate) fn thread(&self) -> Option<&str> {
        self.references.first().or(self.in_reply_to.as_ref()).or(self.message_id.as_ref()).map(String::as_str)
    }
}

/// Where each part stands in a mail, by IMAP's numbers: `2.1` is the first part of the second.
fn sections(message: &Message<'_>) -> HashMap<u32, String> {
    let mut sections = HashMap::new();
    let mut open: Vec<(u32, String, usize)> = vec![(0, String::new(), 0)];
    while let Some((id, section, depth)) = open.pop() {
        match message.part(id).map(|part| &part.body) {
            Some(PartType::Multipart(parts)) if depth < DEEPEST => {
                for (number, part) in (1..).zip(parts.iter().take(MOST)) {
                    let dot = if section.is_empty() { "" } else { "." };
                    open.push((*part, format!("{section}{dot}{number}"), depth + 1));
                }
            }
            // A mail that is one part is its own first.
            Some(_) if section.is_empty() => drop(sections.insert(id, "1".to_owned())),
            Some(_) => drop(sections.insert(id, section)),
            None => {}
        }
    }
    sections
}

fn people(addresses: Option<&Address<'_>>) -> Vec<Person> {
    let person = |found: &Addr<'_>| {
        let address = one_line(found.address()?, LONGEST);
        (!address.is_empty())
            .then(|| Person { address, name: one_line(found.name().unwrap_or_default(), LONGEST) })
    };
    addresses.into_iter().flat_map(Address::iter).filter_map(person).take(MOST).collect()
}

/// The Message-IDs of a header. Of very many the first, which is the thread's, and the last.
fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let read = |text: &str| MessageId::read(text).map(|id| id.to_string());
    let mut ids: Vec<String> = match value {
        HeaderValue::Text(text) => read(text).into_iter().collect(),
        HeaderValue::TextList(texts) => texts.iter().filter_map(|text| read(text)).collect(),
        _ => Vec::new(),
    };
    if ids.len() > MOST {
        ids.drain(1..=ids.len() - MOST);
    }
    ids
}

/// RFC 3834, and what lists and mailers wrote before it.
fn is_automatic(message: &Message<'_>) -> bool {
    let header = |name: HeaderName<'static>| {
        message
            .root_part()
            .headers
            .header_value(&name)
            .and_then(HeaderValue::as_text)
            .map(str::to_ascii_lowercase)
    };
    let submitted = header(HeaderName::AutoSubmitted);
    let precedence = header(HeaderName::Other("Precedence".into()));
    submitted.is_some_and(|how| !how.trim_start().starts_with("no"))
        || precedence.is_some_and(|how| ["bulk", "list", "junk", "auto_reply"].contains(&how.trim()))
        || message.root_part().headers.header_value(&HeaderName::ListId).is_some()
}

/// When a mail was written, unless that can't be so: nobody writes after it came, but for a wrong clock.
fn moment(date: &DateTime, arrived: Option<SystemTime>) -> Option<SystemTime> {
    let seconds =
        date.is_valid().then(|| date.to_timestamp()).and_then(|seconds| u64::try_from(seconds).ok())?;
    let written = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    Some(arrived.map_or(written, |arrived| written.min(arrived)))
}

/// When a mail came: `17-Jul-1996 02:44:25 -0700`.
fn arrived(raw: &Raw) -> Option<SystemTime> {
    let date = DateTime::parse_rfc822(&raw.arrived.replacen('-', " ", 2))?;
    moment(&date, None)
}
