//! How far a folder was told.

use serde::{Deserialize, Serialize};

/// The last mail of a folder that was told, as hosts store it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The folder's UIDVALIDITY: where it is another, the numbers of its mails are others as well.
    pub(crate) validity: u32,
    /// The mail's UID. Those of later mails are larger.
    pub(crate) uid: u32,
}

/// A folder as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) validity: u32,
    /// The UID of the latest mail that it ever had, 0 where it never had one. None where the server doesn't say it:
    /// the largest UID there is may be smaller, since the latest mail may be gone.
    pub(crate) latest: Option<u32>,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At what comes from now on: nobody was told anything yet.
    Now,
    /// After the last one that was told.
    After(Seen),
    /// At the first mail: the numbers are no longer those of the cursor, so nobody knows which of the mails were
    /// told. What comes again has the id that it had, as long as it has a Message-ID.
    Anew(Seen),
}

impl Start {
    pub(crate) fn of(stored: Option<Seen>, state: State) -> Self {
        let State { validity, latest } = state;
        match stored {
            None => Self::Now,
            // A number that was not given yet means that the folder was put back to an earlier state, with its
            // validity unchanged against all rules.
            Some(seen) if seen.validity == validity && latest.is_none_or(|latest| seen.uid <= latest) => {
                Self::After(seen)
            }
            Some(_) => Self::Anew(Seen { validity, uid: 0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_where_it_was_unless_the_numbers_are_others() {
        let state = State { validity: 7, latest: Some(20) };
        let seen = |validity, uid| Seen { validity, uid };
        assert_eq!(Start::of(None, state), Start::Now);
        assert_eq!(Start::of(Some(seen(7, 12)), state), Start::After(seen(7, 12)));
        assert_eq!(Start::of(Some(seen(7, 20)), state), Start::After(seen(7, 20)));
        assert_eq!(Start::of(Some(seen(8, 12)), state), Start::Anew(seen(7, 0)));
        assert_eq!(Start::of(Some(seen(7, 21)), state), Start::Anew(seen(7, 0)), "a folder out of a backup");
        let unsaid = State { validity: 7, latest: None };
        assert_eq!(
            Start::of(Some(seen(7, 21)), unsaid),
            Start::After(seen(7, 21)),
            "its latest mail is gone"
        );
        assert_eq!(Start::of(Some(seen(8, 12)), unsaid), Start::Anew(seen(7, 0)));
    }

    #[test]
    fn what_hosts_store_does_not_change() {
        let stored = r#"{"validity":7,"uid":42}"#;
        assert_eq!(serde_json::to_string(&Seen { validity: 7, uid: 42 }).expect("JSON"), stored);
        assert_eq!(serde_json::from_str::<Seen>(stored).expect("read"), Seen { validity: 7, uid: 42 });
    }
}
