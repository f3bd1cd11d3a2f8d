//! What hosts are told of a mail.

use std::fmt::Write as _;

use connector_sdk::message::{Conversation, ConversationKind, Message, Sender};
use connector_sdk::serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::cursor::Seen;
use crate::imap::Raw;
use crate::mail::{Mail, Person};

/// Where mails lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) folder: &'a str,
}

impl Place<'_> {
    /// A part of a mail by its URL (RFC 5092). Nothing of it is written anywhere, so that is where it is.
    pub(crate) fn url(&self, validity: u32, uid: u32, section: &str) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_owned() };
        let folder = encode(self.folder);
        format!("imap://{host}:{}/{folder};UIDVALIDITY={validity}/;UID={uid}/;SECTION={section}", self.port)
    }
}

/// A mail with the id that it has whenever it is told.
pub(crate) fn message(place: &Place<'_>, seen: Seen, raw: &Raw) -> (String, Message) {
    let mail = Mail::read(place, seen.validity, seen.uid, raw);
    let id = id(&mail, seen);
    let message = told(place, seen, mail, &id);
    (id, message)
}

/// By its Message-ID, so that it is the same where the server numbers the folder anew. Anybody can write a mail
/// with another's Message-ID, and a list changes what it passes on: with what it says, those are other mails.
fn id(mail: &Mail, seen: Seen) -> String {
    let Some(name) = &mail.message_id else { return format!("uid:{}:{}", seen.validity, seen.uid) };
    let mut digest = Sha256::new();
    let from = mail.from.as_ref().map_or("", |from| &from.address);
    for part in [from, &mail.subject, &mail.text] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut id = format!("{name}#");
    for byte in digest.finalize().iter().take(8) {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

fn told(place: &Place<'_>, seen: Seen, mail: Mail, id: &str) -> Message {
    let thread = mail.thread().map(str::to_owned);
    let unknown = || Person { address: "unknown".to_owned(), name: String::new() };
    let sender = mail.from.clone().unwrap_or_else(unknown);
    let answers = mail.reply_to.clone().unwrap_or_else(|| sender.clone());
    let kind = if mail.to.len() + mail.cc.len() > 1 { ConversationKind::Group } else { ConversationKind::Dm };
    let mut conversation = Conversation::new(answers.address).kind(kind).name(&mail.subject);
    if let Some(thread) = thread {
        conversation = conversation.thread(thread);
    }
    let sender = Sender::new(sender.address).display_name(sender.name);
    let mut message = Message::new(id, sender, conversation, mail.text);
    message.content.attachments = mail.attachments;
    message.timestamp = mail.date.unwrap_or_default();
    let mut tell = |name: &str, value: Value| {
        message.metadata.insert(name.to_owned(), value);
    };
    tell("subject", mail.subject.into());
    tell("folder", place.folder.into());
    tell("uid_validity", seen.validity.into());
    tell("uid", seen.uid.into());
    tell("size", mail.size.into());
    for (name, value) in
        [("message_id", mail.message_id), ("in_reply_to", mail.in_reply_to), ("problem", mail.problem)]
    {
        if let Some(value) = value {
            tell(name, value.into());
        }
    }
    for (name, is_so) in [("automatic", mail.automatic), ("truncated", mail.truncated)] {
        if is_so {
            tell(name, true.into());
        }
    }
    for (name, people) in [("to", mail.to), ("cc", mail.cc)] {
        if !people.is_empty() {
            tell(name, people.into_iter().map(|person| person.address).collect());
        }
    }
    if !mail.references.is_empty() {
        tell("references", json!(mail.references));
    }
    message
}

/// A folder's name inside a URL.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { host: "::1", port: 143, folder: "Entwürfe/a;b" };

    fn read(uid: u32, mail: &str) -> (String, Message) {
        let raw = Raw { bytes: Some(mail.into()), size: 9, arrived: "20-Nov-2026 12:00:00 +0100".to_owned() };
        message(&PLACE, Seen { validity: 7, uid }, &raw)
    }

    #[test]
    fn an_answer_goes_to_who_asks_for_it_and_into_the_thread() {
        let (_, message) = read(
            1,
            "From: Ann <ann@example.org>\r\nReply-To: list@example.org\r\nTo: me@example.org\r\nSubject: s\r\n\
             Message-ID: <m@x>\r\nReferences: <root@x> <m0@x>\r\n\r\nhi",
        );
        assert_eq!(
            (message.sender.id.as_str(), message.sender.display_name.as_str()),
            ("ann@example.org", "Ann")
        );
        let conversation = &message.conversation;
        assert_eq!((conversation.id.as_str(), conversation.kind), ("list@example.org", ConversationKind::Dm));
        assert_eq!(conversation.thread_id.as_deref(), Some("<root@x>"));
        assert_eq!(message.content.text, "hi");
        assert_eq!(
            Value::from(message.metadata),
            json!({
                "subject": "s", "folder": "Entwürfe/a;b", "uid_validity": 7, "uid": 1, "size": 9,
                "message_id": "<m@x>", "to": ["me@example.org"], "references": ["<root@x>", "<m0@x>"],
            })
        );
        let (_, group) = read(1, "From: a@x\r\nTo: me@x, b@x\r\n\r\n");
        assert_eq!(group.conversation.kind, ConversationKind::Group);
        let (_, nobody) = read(1, "Subject: s\r\n\r\n");
        assert_eq!((nobody.sender.id.as_str(), nobody.conversation.id.as_str()), ("unknown", "unknown"));
    }

    #[test]
    fn the_same_mail_has_the_same_id_and_another_has_another() {
        let mail = "From: a@x\r\nMessage-ID: <m@x>\r\nSubject: s\r\n\r\nhi";
        let (id, _) = read(1, mail);
        assert!(id.starts_with("<m@x>#"), "{id}");
        let raw = Raw { bytes: Some(mail.into()), ..Raw::default() };
        assert_eq!(message(&PLACE, Seen { validity: 8, uid: 20 }, &raw).0, id, "numbered anew");
        // Whoever knows a Message-ID can't hide the mail that has it.
        assert_ne!(read(2, "From: a@x\r\nMessage-ID: <m@x>\r\nSubject: s\r\n\r\nho").0, id);
        assert_ne!(read(2, "From: b@x\r\nMessage-ID: <m@x>\r\nSubject: s\r\n\r\nhi").0, id);
        assert_eq!(read(2, "From: a@x\r\nSubject: s\r\n\r\nhi").0, "uid:7:2");
    }

    #[test]
    fn a_part_s_url_is_one_whatever_the_folder_is_called() {
        assert_eq!(
            PLACE.url(7, 42, "2.1"),
            "imap://[::1]:143/Entw%C3%BCrfe/a%3Bb;UIDVALIDITY=7/;UID=42/;SECTION=2.1"
        );
    }
}
