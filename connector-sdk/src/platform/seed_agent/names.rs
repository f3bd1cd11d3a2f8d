//! Names of files, and the id under which the agent knows a message.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::message::{Message, timestamp};
use crate::similar::excerpt;
use crate::{Error, Result};

/// The longest name of an instance: with what is added to it, a file's name stays under 255 bytes.
const LONGEST_INSTANCE: usize = 64;

/// How much of a foreign file's name is kept in one of ours.
const KEPT: usize = 80;

/// Refuses what can't be a folder's name and the beginning of a file's name.
pub(super) fn check_instance(name: &str) -> Result<()> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let begins_well = name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
    if begins_well && name.len() <= LONGEST_INSTANCE && name.bytes().all(is_plain) {
        return Ok(());
    }
    let shown = excerpt(name);
    Err(Error::usage(format!(
        "`{shown}` can't be the name of an instance; use up to {LONGEST_INSTANCE} letters, digits, `-` and `_`, \
         with a letter or digit at the beginning"
    )))
}

/// The id of a message, the same whenever the platform tells it. A platform may number the messages of each
/// conversation anew, and two accounts may hear of the same one.
pub(super) fn message_id(connector: &str, instance: &str, message: &Message) -> Uuid {
    let parts = [connector, instance, &message.conversation.id, &message.id];
    derived("message", &parts)
}

/// An id that follows from some texts.
pub(super) fn derived(of: &str, parts: &[&str]) -> Uuid {
    // Lengths keep `a`, `bc` and `ab`, `c` apart.
    let mut name = format!("connector-sdk:{of}");
    for part in parts {
        name.push_str(&format!(":{}:{part}", part.len()));
    }
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

/// Moments of which none comes twice and none is before another, whatever the clock does.
#[derive(Debug, Default)]
pub(super) struct Moments {
    last: u64,
}

impl Moments {
    /// The present moment as file names tell it, in UTC with microseconds: `20260210_164500_126415`.
    pub(super) fn next(&mut self) -> String {
        self.after(SystemTime::now())
    }

    /// All that come are after one that was told before, perhaps by another process.
    pub(super) fn go_on_after(&mut self, stamp: &str) {
        self.last = self.last.max(micros_of(stamp).unwrap_or(0));
    }

    fn after(&mut self, now: SystemTime) -> String {
        let micros = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        self.last = u64::try_from(micros).unwrap_or(u64::MAX).max(self.last.saturating_add(1));
        let moment = UNIX_EPOCH.checked_add(std::time::Duration::from_micros(self.last));
        let text = timestamp(moment.unwrap_or(UNIX_EPOCH));
        // `2026-02-10T16:45:00.126415+00:00`
        let mut stamp = String::with_capacity(22);
        for byte in text.bytes().take(26) {
            match byte {
                b'T' | b'.' => stamp.push('_'),
                b'0'..=b'9' => stamp.push(char::from(byte)),
                _ => {}
            }
        }
        stamp
    }
}

/// What [`Moments`] tell, in microseconds since 1970; none: it is another text.
fn micros_of(stamp: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| {
        let digits = stamp.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok())?
    };
    let is_whole = stamp.len() == 22 && stamp.as_bytes()[8] == b'_' && stamp.as_bytes()[15] == b'_';
    let days = is_whole.then(|| days_until(number(0..4)?, number(4..6)?, number(6..8)?))??;
    let seconds = (number(9..11)? * 60 + number(11..13)?) * 60 + number(13..15)?;
    Some((days * 86_400 + seconds) * 1_000_000 + number(16..22)?)
}

/// How many days a date is after the beginning of 1970, by years that begin in March
/// (<https://howardhinnant.github.io/date_algorithms.html#days_from_civil>).
fn days_until(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = year.checked_sub(u64::from(month <= 2))?;
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

/// A name for a file in our own folders, with what can be kept of the name that it came with. No two moments
/// are the same, so the names sort as they were made.
pub(super) fn kept_name(stamp: &str, from: &Path) -> String {
    let stem = from.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.') => letter,
        _ => '-',
    };
    let stem: String = stem.chars().take(KEPT).map(plain).collect();
    format!("{stamp}_{}", stem.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::message::Sender;

    #[test]
    fn an_instance_is_a_plain_word() {
        for name in ["slack-main", "a", "Work_2", &"x".repeat(64)] {
            check_instance(name).expect(name);
        }
        for name in ["", "a/b", "..", ".a", "-a", "a b", "ä", "a.b", "a\n", &"x".repeat(65)] {
            let error = check_instance(name).expect_err(name);
            assert_eq!(error.kind(), crate::ErrorKind::Usage);
        }
    }

    #[test]
    fn an_id_follows_from_what_the_platform_says() {
        let message = |conversation: &str, id: &str| Message::new(id, Sender::new("u"), conversation, "text");
        let id = |instance: &str, conversation: &str, of: &str| {
            message_id("chat", instance, &message(conversation, of)).to_string()
        };
        assert_eq!(id("a", "c", "1"), id("a", "c", "1"));
        let all =
            [id("a", "c", "1"), id("b", "c", "1"), id("a", "d", "1"), id("a", "c", "2"), id("a", "c1", "")];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(all[0].as_bytes()[14], b'5', "the version of the uuid");
    }

    #[test]
    fn moments_go_on_when_the_clock_jumps_back() {
        let mut moments = Moments::default();
        let at = |micros| UNIX_EPOCH + Duration::from_micros(micros);
        let told = [
            moments.after(at(1_770_741_900_126_415)),
            moments.after(at(1_770_741_900_126_415)),
            moments.after(at(0)),
            moments.after(at(1_770_741_900_200_000)),
        ];
        assert_eq!(
            told,
            [
                "20260210_164500_126415",
                "20260210_164500_126416",
                "20260210_164500_126417",
                "20260210_164500_200000"
            ]
        );
    }

    #[test]
    fn moments_go_on_after_those_of_another_run() {
        for micros in
            [0, 951_782_400_000_000, 1_770_741_900_126_415, 4_102_444_799_999_999, 4_107_542_400_000_000]
        {
            let told = Moments::default().after(UNIX_EPOCH + Duration::from_micros(micros));
            let mut later = Moments::default();
            later.go_on_after(&told);
            // Each tells 1 microsecond at least, whatever the clock says.
            assert_eq!(later.last, micros.max(1), "{told}");
            assert!(later.after(UNIX_EPOCH) > told);
        }
        for text in [
            "",
            "20260210_164500",
            "2026021\u{e4}_164500_126415",
            "20261310_164500_126415",
            "+0260210_164500_126415",
        ] {
            assert_eq!(micros_of(text), None, "{text}");
        }
    }

    #[test]
    fn of_a_foreign_name_only_what_is_harmless_is_kept() {
        let name = kept_name("s", Path::new("/out/..\u{1b}[1mä b.json"));
        assert_eq!(name, "s_-[1m--b".replace('[', "-"));
        assert!(kept_name("s", Path::new(&"y".repeat(250))).len() < 100);
    }
}
