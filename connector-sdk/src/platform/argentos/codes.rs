//! What a failure is called, and the number that a process ends with (contract 1.4).

use crate::ErrorKind;
use crate::manifest::Manifest;

/// A code is the same for every tool, or has the service's name before it.
enum Code {
    Common(&'static str),
    OfService(&'static str),
}

/// The one table from the kinds of failure to ArgentOS's exit codes and error codes.
const fn row(kind: ErrorKind) -> (u8, Code) {
    use Code::{Common, OfService};
    match kind {
        ErrorKind::Usage => (2, Common("INVALID_USAGE")),
        ErrorKind::Denied => (3, Common("PERMISSION_DENIED")),
        ErrorKind::Setup => (4, OfService("SETUP_REQUIRED")),
        ErrorKind::Auth => (4, OfService("AUTH_FAILED")),
        ErrorKind::NotFound => (6, Common("NOT_FOUND")),
        ErrorKind::Conflict => (5, Common("CONFLICT")),
        ErrorKind::RateLimited => (5, OfService("RATE_LIMITED")),
        ErrorKind::Unavailable => (5, OfService("UNAVAILABLE")),
        ErrorKind::Upstream => (5, OfService("API_ERROR")),
        ErrorKind::Cancelled => (10, Common("CANCELLED")),
        ErrorKind::Internal => (10, Common("INTERNAL_ERROR")),
    }
}

/// The number that a process ends with after a failure of that kind; success is 0.
pub fn exit_code(kind: ErrorKind) -> u8 {
    row(kind).0
}

/// What an envelope calls a failure of that kind: `INVALID_USAGE`, `NOTES_SETUP_REQUIRED`.
pub fn error_code(manifest: &Manifest, kind: ErrorKind) -> String {
    match row(kind).1 {
        Code::Common(code) => code.to_owned(),
        Code::OfService(code) => {
            format!("{}_{code}", manifest.id.replace('-', "_").to_ascii_uppercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_code_and_a_number_of_the_contract() {
        let manifest = Manifest::new("my-notes", "Notes", "1.0.0");
        let told: Vec<_> =
            ErrorKind::ALL.iter().map(|&kind| (exit_code(kind), error_code(&manifest, kind))).collect();
        let told: Vec<_> = told.iter().map(|(number, code)| (*number, code.as_str())).collect();
        assert_eq!(
            told,
            [
                (2, "INVALID_USAGE"),
                (3, "PERMISSION_DENIED"),
                (4, "MY_NOTES_SETUP_REQUIRED"),
                (4, "MY_NOTES_AUTH_FAILED"),
                (6, "NOT_FOUND"),
                (5, "CONFLICT"),
                (5, "MY_NOTES_RATE_LIMITED"),
                (5, "MY_NOTES_UNAVAILABLE"),
                (5, "MY_NOTES_API_ERROR"),
                (10, "CANCELLED"),
                (10, "INTERNAL_ERROR"),
            ]
        );
    }
}
