//! A mail out of its bytes, whatever they are.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::str::FromStr as _;
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
use crate::outer::{outer, restored};
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
            match MessageParser::default().parse(&*outer(bytes)) {
                Some(message) if has_headers(&message) => mail.fill(place, validity, &message, raw),
                _ => mail.say(&String::from_utf8_lossy(bytes)),
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
        self.say(&restored(&text));
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
                one_line(&restored(&kind).to_ascii_lowercase(), 100)
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

/// Whether there is one header. Where there is none, the parser takes the text for the name of one.
fn has_headers(message: &Message<'_>) -> bool {
    message.headers().iter().any(|header| header.value != HeaderValue::Empty)
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

/// Whoever has one address. Several in the place of one would make a mailing of an answer.
fn people(addresses: Option<&Address<'_>>) -> Vec<Person> {
    let person = |found: &Addr<'_>| {
        let address = one_line(found.address()?, LONGEST);
        (lettre::Address::from_str(&address).is_ok())
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD as STANDARD;

    use super::*;

    const PLACE: Place<'_> = Place { host: "imap.example.org", port: 993, folder: "INBOX" };

    fn read(bytes: impl Into<Vec<u8>>) -> Mail {
        let bytes = bytes.into();
        let size = u32::try_from(bytes.len()).expect("a size");
        let arrived = "20-Nov-2026 12:00:00 +0100".to_owned();
        Mail::read(&PLACE, 7, 42, &Raw { bytes: Some(bytes), size, arrived })
    }

    fn person(address: &str, name: &str) -> Person {
        Person { address: address.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_mail_is_read_whatever_it_is_written_in() {
        let mail = read(
            "From: =?iso-8859-1?Q?J=F6rg?= <joerg@example.org>\r\nTo: me@example.org, \"B, C\" <bc@example.org>\r\n\
             Cc: team: ann@example.org;\r\nReply-To: list@example.org\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\n =?utf-8?Q?_an_alle?=\r\n\
             Message-ID: <a@example.org>\r\nIn-Reply-To: <b@example.org>\r\nReferences: <c@example.org>\r\n <b@example.org>\r\n\
             Date: Fri, 20 Nov 2026 09:30:00 -0100\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B4A;z\x1b(B\r\n",
        );
        assert_eq!(mail.from, Some(person("joerg@example.org", "Jörg")));
        assert_eq!(mail.to, [person("me@example.org", ""), person("bc@example.org", "B, C")]);
        assert_eq!(mail.cc, [person("ann@example.org", "")]);
        assert_eq!(mail.reply_to, Some(person("list@example.org", "")));
        assert_eq!(mail.subject, "Grüße an alle");
        assert_eq!(mail.message_id.as_deref(), Some("<a@example.org>"));
        assert_eq!(mail.in_reply_to.as_deref(), Some("<b@example.org>"));
        assert_eq!(mail.references, ["<c@example.org>", "<b@example.org>"]);
        assert_eq!(mail.thread(), Some("<c@example.org>"));
        assert_eq!(mail.date.as_deref(), Some("2026-11-20T10:30:00.000000+00:00"));
        assert_eq!(mail.text, "漢字");
        assert!(!mail.truncated && !mail.automatic && mail.problem.is_none());
    }

    #[test]
    fn an_address_is_one_address() {
        for several in [
            "<a@x.org,b@y.org>",
            "<a@x.org, b@y.org>",
            "<a@x.org;b@y.org>",
            "<\"a\" <a@x.org>>",
            "nobody",
            "<@>",
        ] {
            let mail = read(format!("From: ann@example.org\r\nReply-To: {several}\r\nTo: {several}\r\n\r\n"));
            for person in mail.reply_to.iter().chain(&mail.to) {
                assert!(lettre::Address::from_str(&person.address).is_ok(), "{several}: {person:?}");
            }
        }
        let mail = read("From: ann@example.org\r\nReply-To: <a@x.org,b@y.org,c@z.org>\r\n\r\n");
        assert_eq!((mail.from, mail.reply_to), (Some(person("ann@example.org", "")), None));
        assert_eq!(read("From: jörg@bücher.example\r\n\r\n").from, Some(person("jörg@bücher.example", "")));
    }

    #[test]
    fn the_text_is_what_a_person_reads() {
        let alternative = "MIME-Version: 1.0\r\nSubject: s\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nsch=C3=B6n=\r\ner\r\n\
            --x\r\nContent-Type: text/html\r\n\r\n<p>another</p>\r\n--x--\r\n";
        assert_eq!(read(alternative).text, "schöner");
        let html = "Subject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>a &amp; b</p><script>c</script>";
        assert_eq!(read(html).text, "a & b");
        let two = "Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--\r\n";
        assert_eq!(read(two).text, "one\n\ntwo");
    }

    #[test]
    fn attachments_are_told_by_where_they_are() {
        let mail = read(
            "Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
             --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\n\r\ntext\r\n--y\r\nContent-Type: text/html\r\n\r\n<b>text</b>\r\n--y--\r\n\
             --x\r\nContent-Type: IMAGE/png\r\nContent-Disposition: attachment; filename*=utf-8''%C3%A4.png\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n\
             --x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--x--\r\n",
        );
        assert_eq!(mail.text, "text");
        let places: Vec<_> =
            mail.attachments.iter().map(|file| file.url.as_deref().expect("a URL")).collect();
        let place = "imap://imap.example.org:993/INBOX;UIDVALIDITY=7/;UID=42/;SECTION=";
        assert_eq!(places, [format!("{place}2"), format!("{place}3")]);
        let image = &mail.attachments[0];
        assert_eq!(
            (image.name.as_deref(), image.mime_type.as_deref(), image.size),
            (Some("ä.png"), Some("image/png"), Some(3))
        );
        assert_eq!(mail.attachments[1].mime_type.as_deref(), Some("message/rfc822"));

        let alone = read("Subject: s\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n");
        assert!(alone.attachments[0].url.as_deref().expect("a URL").ends_with("SECTION=1"), "{alone:?}");
    }

    #[test]
    fn of_a_large_mail_the_beginning_is_read_and_that_is_said() {
        let mail = "Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ntext\r\n--x\r\n\
            Content-Type: video/mp4; name=a.mp4\r\n\r\nAAAA";
        let raw = Raw { bytes: Some(mail.into()), size: 100_000_000, arrived: String::new() };
        let mail = Mail::read(&PLACE, 7, 42, &raw);
        assert_eq!((mail.text.as_str(), mail.truncated, mail.size), ("text", true, 100_000_000));
        assert_eq!((mail.attachments[0].name.as_deref(), mail.attachments[0].size), (Some("a.mp4"), None));
        let long = read(format!("Subject: s\r\n\r\n{}", "ä\r\n".repeat(200_000)));
        assert!(long.truncated && long.text.len() <= MOST_OF_A_TEXT, "{}", long.text.len());
    }

    #[test]
    fn when_is_when_it_was_written_unless_that_cannot_be() {
        let date = |date: &str| read(format!("Subject: s\r\nDate: {date}\r\n\r\n")).date;
        let arrived = Some("2026-11-20T11:00:00.000000+00:00".to_owned());
        assert_eq!(
            date("Thu, 19 Nov 2026 10:00:00 +0000").as_deref(),
            Some("2026-11-19T10:00:00.000000+00:00")
        );
        for wrong in ["Thu, 19 Nov 2099 10:00:00 +0000", "yesterday", "Fri, 99 Foo 99999 99:99:99 +9999"] {
            assert_eq!(date(wrong), arrived, "{wrong}");
        }
    }

    #[test]
    fn what_programs_write_is_told_from_what_people_write() {
        for header in ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-ID: <a.example.org>"] {
            assert!(read(format!("Subject: s\r\n{header}\r\n\r\n")).automatic, "{header}");
        }
        for header in ["Auto-Submitted: no", "Precedence: first-class", "X-Other: bulk"] {
            assert!(!read(format!("Subject: s\r\n{header}\r\n\r\n")).automatic, "{header}");
        }
    }

    #[test]
    fn mails_in_mails_have_no_bottom_to_fall_to() {
        let plain = "Content-Type:message/rfc822\r\n\r\n".repeat((1 << 20) / 31);
        let mail = read(plain.as_str());
        assert_eq!(mail.attachments.len(), 1, "{mail:?}");
        assert_eq!(mail.attachments[0].mime_type.as_deref(), Some("message/rfc822"));
        let digests = "Content-Type:multipart/digest;boundary=b\r\n\r\n--b\r\n\r\n".repeat((1 << 20) / 53);
        read(digests);
        let encoded = STANDARD.encode(&plain[..plain.len() / 4 * 3 - 100]);
        for kind in ["message/rfc822", "message/global", "(;)Message/ (c) RFC822"] {
            let mail =
                read(format!("Content-Type:{kind}\r\nContent-Transfer-Encoding:base64\r\n\r\n{encoded}"));
            assert_eq!(mail.attachments.len(), 1, "{kind}");
        }
        // Also one that says what it is in its text.
        let quoted = read("Subject: s\r\n\r\nContent-Type: message/rfc822\r\n");
        assert_eq!(quoted.text, "Content-Type: message/rfc822");
    }

    #[test]
    fn something_is_made_of_anything() {
        let nowhere = Mail::read(&PLACE, 7, 42, &Raw::default());
        assert!(nowhere.problem.is_some_and(|problem| problem.contains("can't give it")));
        assert_eq!(read("only text").text, "only text");
        for bytes in
            [&b""[..], b"\r\n", b":", b"\0", b"\xff\xfe", b"Subject", b"From: <<<>>>;;,,\r\nTo: \"\r\n\r\n"]
        {
            assert!(read(bytes).text.len() < 20, "{bytes:?}");
        }
        // Each cut of a mail with most of what there is.
        let mail = "From: =?utf-8?B?R3L?= <a@b>, g: c@d;\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n\
            Content-Type: text/html; charset=shift_jis\r\nContent-Transfer-Encoding: base64\r\n\r\n4pyT\r\n--x\r\n\
            Content-Type: message/rfc822\r\n\r\nSubject: =?x?Q?=?=\r\n\r\n--x--";
        for cut in 0..mail.len() {
            read(&mail.as_bytes()[..cut]);
            read(&mail.as_bytes()[cut..]);
        }
    }
}
