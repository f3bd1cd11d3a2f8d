//! Mails that go out: whom they go to, what they answer, and how they are written.

use std::str::FromStr as _;

use connector_sdk::message::OutgoingMessage;
use connector_sdk::serde_json::Value;
use connector_sdk::{Error, Result};
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Mailboxes};

use crate::mail::Mail;
use crate::message_id::MessageId;
use crate::text::{one_line, quoted};

/// How many people one mail may go to.
const MOST_RECIPIENTS: usize = 50;

/// How many of the mails before it an answer names.
const MOST_REFERENCES: usize = 20;

/// A mail to send.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Letter {
    pub(crate) id: MessageId,
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) answers: Answers,
}

/// What a mail answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answers {
    pub(crate) in_reply_to: Option<MessageId>,
    /// The mails before it in its thread, the first of them first.
    pub(crate) references: Vec<MessageId>,
}

/// A host's message, as far as it goes without the mail that it answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    letter: Letter,
    /// What the host says of the subject.
    subject: Option<String>,
    /// The first mail of the thread.
    thread: Option<MessageId>,
}

impl Draft {
    /// Reads a host's message: the conversation is an address, the thread the Message-ID of its first mail, and
    /// `subject`, `in_reply_to` and `references` of the metadata go before what is found out.
    pub(crate) fn of(message: &OutgoingMessage, from: &str) -> Result<Self> {
        if !message.attachments.is_empty() {
            return Err(Error::usage(
                "a mail is sent without its files by this connector; put what matters into the text",
            ));
        }
        let metadata = |name: &str| message.metadata.get(name);
        let subject = match metadata("subject") {
            None | Some(Value::Null) => None,
            Some(Value::String(subject)) => Some(header("subject", subject)?),
            Some(_) => return Err(Error::usage("`subject` of the metadata is not a text")),
        };
        let thread = message.thread_id.as_deref().filter(|id| !id.trim().is_empty());
        let thread = thread.map(|id| name_of(id, "thread")).transpose()?;
        let in_reply_to = match metadata("in_reply_to") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(name_of(id, "`in_reply_to`")?),
            Some(_) => return Err(Error::usage("`in_reply_to` of the metadata is not a text")),
        };
        let references = match metadata("references") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(ids)) => {
                let ids = header("list `references`", ids)?;
                ids.split_whitespace().map(|id| name_of(id, "`references`")).collect::<Result<_>>()?
            }
            Some(Value::Array(ids)) => {
                let text = |id: &Value| name_of(id.as_str().unwrap_or_default(), "`references`");
                ids.iter().map(text).collect::<Result<_>>()?
            }
            Some(_) => return Err(Error::usage("`references` of the metadata is neither a list nor a text")),
        };
        let answers = Answers { in_reply_to, references };
        let letter = Letter::new(&message.id, from, &message.conversation_id, &message.text, answers)?;
        if letter.to.len() != 1 {
            return Err(Error::usage(
                "the conversation is more than one address; give it one, or send several people a mail by `send_mail`",
            ));
        }
        Ok(Self { letter, subject, thread })
    }

    /// The thread in which the answered mail has to be looked for; none where all is known.
    pub(crate) fn wanted(&self) -> Option<&MessageId> {
        let is_known = self.subject.is_some() && self.letter.answers.in_reply_to.is_some();
        self.letter.answers.in_reply_to.as_ref().or(self.thread.as_ref()).filter(|_| !is_known)
    }

    /// Whom it goes to.
    pub(crate) fn address(&self) -> &str {
        self.letter.to.first().map_or("", |to| to.email.as_ref())
    }

    /// The mail, with what is known of the one that it answers.
    pub(crate) fn finish(self, answered: Option<&Mail>) -> Letter {
        let Self { mut letter, subject, thread } = self;
        let answers = &mut letter.answers;
        if let Some(mail) = answered {
            let found = Answers::to(mail);
            answers.in_reply_to = answers.in_reply_to.take().or(found.in_reply_to);
            if answers.references.is_empty() {
                answers.references = found.references;
            }
        }
        answers.in_reply_to = answers.in_reply_to.take().or_else(|| thread.clone());
        if answers.references.is_empty() {
            answers.references.extend(thread);
            answers.references.extend(answers.in_reply_to.clone());
            answers.references.dedup();
        }
        letter.subject = match (subject, answered) {
            (Some(subject), _) => subject,
            (None, Some(mail)) => answer_to(&mail.subject),
            // What it says is the best that there is to call it.
            (None, None) => one_line(&letter.text, 70),
        };
        letter
    }
}

impl Answers {
    /// As RFC 5322, 3.6.4 has it.
    fn to(mail: &Mail) -> Self {
        let ids =
            mail.references.iter().chain(mail.in_reply_to.iter().filter(|_| mail.references.is_empty()));
        let mut references: Vec<_> =
            ids.chain(&mail.message_id).filter_map(|id| MessageId::read(id)).collect();
        references.dedup();
        if references.len() > MOST_REFERENCES {
            references.drain(1..=references.len() - MOST_REFERENCES);
        }
        Self { in_reply_to: mail.message_id.as_deref().and_then(MessageId::read), references }
    }
}

impl Letter {
    /// A mail whose subject isn't known yet. `id` is the host's.
    pub(crate) fn new(id: &str, from: &str, to: &str, text: &str, answers: Answers) -> Result<Self> {
        let from = Mailbox::from_str(&header("from", from)?).map_err(|_| {
            Error::setup("`from` is no mail address; set it to the one that mails are sent from, such as `me@example.org`")
        })?;
        let to = recipients(to)?;
        if text.trim().is_empty() {
            return Err(Error::usage("the mail says nothing; give it a text"));
        }
        let id = MessageId::derived(id, from.email.domain());
        Ok(Self { id, from, to, subject: String::new(), text: text.to_owned(), answers })
    }

    /// With what it is about.
    pub(crate) fn about(mut self, subject: &str) -> Result<Self> {
        self.subject = header("subject", subject)?;
        Ok(self)
    }

    /// Writes it, with the time of now.
    pub(crate) fn write(&self) -> Result<Message> {
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(&*self.subject)
            .message_id(Some(self.id.to_string()))
            .date_now()
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        if let Some(id) = &self.answers.in_reply_to {
            builder = builder.in_reply_to(id.to_string());
        }
        if !self.answers.references.is_empty() {
            let ids: Vec<String> = self.answers.references.iter().map(MessageId::to_string).collect();
            builder = builder.references(ids.join(" "));
        }
        builder
            .body(self.text.clone())
            .map_err(|error| Error::usage(format!("the mail can't be written: {error}")))
    }
}

/// The people in a list of addresses, such as `Ann <ann@example.org>, bob@example.org`.
pub(crate) fn recipients(text: &str) -> Result<Vec<Mailbox>> {
    let people = Mailboxes::from_str(&header("recipient", text)?).map_err(|_| {
        Error::usage(format!("{} is no mail address; give one such as `ann@example.org`", quoted(text)))
    })?;
    let people: Vec<Mailbox> = people.into_iter().collect();
    match people.len() {
        0 => Err(Error::usage("the mail has no recipient; give it an address")),
        1..=MOST_RECIPIENTS => Ok(people),
        _ => Err(Error::usage(format!("the mail has more than {MOST_RECIPIENTS} recipients; send several"))),
    }
}

/// A text for a header. A line break in it would begin another header.
fn header(name: &str, text: &str) -> Result<String> {
    if text.contains(char::is_control) {
        return Err(Error::usage(format!(
            "the {name} has a line break or another control character in it; give one line"
        )));
    }
    Ok(text.trim().to_owned())
}

fn name_of(id: &str, what: &str) -> Result<MessageId> {
    MessageId::read(id).ok_or_else(|| {
        Error::usage(format!("{} of the {what} is no Message-ID; give it as the mail has it", quoted(id)))
    })
}

/// The subject of an answer.
pub(crate) fn answer_to(subject: &str) -> String {
    let is_answer = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if is_answer { subject.to_owned() } else { format!("Re: {subject}") }
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind;
    use connector_sdk::serde_json::json;

    use super::*;

    const ME: &str = "Me <me@example.org>";

    fn outgoing() -> OutgoingMessage {
        OutgoingMessage::new("host-1", "ann@example.org", "hello\nthere")
    }

    fn written(letter: &Letter) -> String {
        String::from_utf8(letter.write().expect("a mail").formatted()).expect("ASCII").replace("\r\n ", " ")
    }

    fn id(text: &str) -> MessageId {
        MessageId::read(text).expect("a Message-ID")
    }

    #[test]
    fn an_answer_has_the_headers_that_keep_a_thread_together() {
        let draft = Draft::of(&outgoing().thread("<root@x>"), ME).expect("a draft");
        assert_eq!(draft.wanted(), Some(&id("<root@x>")));
        let answered = Mail {
            subject: "Lunch?".to_owned(),
            message_id: Some("<m2@x>".to_owned()),
            references: vec!["<root@x>".to_owned(), "<m1@x>".to_owned()],
            ..Mail::default()
        };
        let letter = draft.clone().finish(Some(&answered));
        let mail = written(&letter);
        for line in [
            "To: ann@example.org",
            "From: Me <me@example.org>",
            "Subject: Re: Lunch?",
            "In-Reply-To: <m2@x>",
            "References: <root@x> <m1@x> <m2@x>",
            &format!("Message-ID: {}", letter.id),
        ] {
            assert!(mail.contains(&format!("{line}\r\n")), "{line}: {mail}");
        }
        assert!(mail.ends_with("\r\n\r\nhello\r\nthere"), "{mail}");
        // The mail isn't in the folder any more.
        let letter = draft.finish(None);
        let mail = written(&letter);
        assert!(
            mail.contains("In-Reply-To: <root@x>\r\n") && mail.contains("References: <root@x>\r\n"),
            "{mail}"
        );
        assert!(mail.contains("Subject: hello there\r\n"), "{mail}");
    }

    #[test]
    fn what_a_host_says_goes_before_what_is_found() {
        let message = outgoing().with_metadata("subject", "Mine").with_metadata("in_reply_to", "<a@x>");
        let draft = Draft::of(&message, ME).expect("a draft");
        assert_eq!(draft.wanted(), None);
        let letter = draft.finish(None);
        assert_eq!((letter.subject.as_str(), &letter.answers.in_reply_to), ("Mine", &Some(id("<a@x>"))));
        assert_eq!(letter.answers.references, [id("<a@x>")]);
        let message = message.with_metadata("references", json!(["<r@x>", "<a@x>"]));
        assert_eq!(
            Draft::of(&message, ME).expect("a draft").finish(None).answers.references,
            [id("<r@x>"), id("<a@x>")]
        );
    }

    #[test]
    fn no_text_becomes_a_header() {
        let bad = "x\r\nBcc: eve@example.org";
        for message in [
            OutgoingMessage::new("1", "ann@example.org\r\nBcc: eve@example.org", "t"),
            OutgoingMessage::new("1", "ann@example.org\nBcc: eve@example.org", "t"),
            OutgoingMessage::new("1", "ann@example.org\u{85}x", "t"),
            outgoing().thread(bad),
            outgoing().with_metadata("subject", bad),
            outgoing().with_metadata("subject", 1),
            outgoing().with_metadata("in_reply_to", bad),
            outgoing().with_metadata("references", bad),
            outgoing().with_metadata("references", json!([bad])),
            outgoing().with_metadata("references", json!([1])),
        ] {
            let error = Draft::of(&message, ME).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
            assert!(!error.message().contains('\n'), "{error}");
        }
        // The Message-ID is made of the host's id, and not of its letters.
        let mail = written(
            &Draft::of(&OutgoingMessage::new(bad, "a@x.org", "t"), ME).expect("a draft").finish(None),
        );
        assert!(!mail.contains("eve"), "{mail}");
        // What a stranger wrote is answered by its subject in one line.
        let answered = Mail { subject: one_line("a\r\nBcc: eve@example.org", 99), ..Mail::default() };
        let mail =
            written(&Draft::of(&outgoing().thread("<a@x>"), ME).expect("a draft").finish(Some(&answered)));
        assert!(mail.contains("Subject: Re: a Bcc: eve@example.org\r\n"), "{mail}");
    }

    #[test]
    fn what_is_no_mail_is_refused_with_what_to_do() {
        let of = |to: &str, text: &str, from: &str| Draft::of(&OutgoingMessage::new("1", to, text), from);
        for (to, text, from, kind, said) in [
            ("ann", "t", ME, ErrorKind::Usage, "`ann` is no mail address"),
            ("", "t", ME, ErrorKind::Usage, "recipient"),
            ("a@x.org", " \n", ME, ErrorKind::Usage, "says nothing"),
            ("a@x.org", "t", "me", ErrorKind::Setup, "`from` is no mail address"),
            ("a@x.org, b@x.org", "t", ME, ErrorKind::Usage, "more than one address"),
            (&"a@x.org,".repeat(51), "t", ME, ErrorKind::Usage, "mail"),
        ] {
            let error = of(to, text, from).expect_err(to);
            assert!(error.kind() == kind && error.message().contains(said), "{error}");
        }
        let file = connector_sdk::message::Attachment::path("/etc/passwd");
        assert!(Draft::of(&outgoing().attach(file), ME).is_err());
        assert_eq!(recipients("Ann <a@x.org>, b@x.org").expect("two").len(), 2);
    }

    #[test]
    fn an_answer_is_called_so_once() {
        for (subject, answer) in
            [("a", "Re: a"), ("Re: a", "Re: a"), ("RE: a", "RE: a"), ("", "Re: "), ("ää", "Re: ää")]
        {
            assert_eq!(answer_to(subject), answer);
        }
    }

    #[test]
    fn many_earlier_mails_are_named_by_the_first_and_the_last() {
        let references: Vec<String> = (0..60).map(|n| format!("<m{n}@x>")).collect();
        let mail = Mail { references, message_id: Some("<last@x>".to_owned()), ..Mail::default() };
        let answers = Answers::to(&mail);
        assert_eq!(answers.references.len(), MOST_REFERENCES);
        assert_eq!(
            (&answers.references[0], answers.references.last()),
            (&id("<m0@x>"), Some(&id("<last@x>")))
        );
    }
}
