//! What a homeserver's refusals mean, where that is more than their status says.

use connector_sdk::Error;

/// The status of the answer that became an error.
pub(crate) fn status(error: &Error) -> Option<u64> {
    error.details().get("status")?.as_u64()
}

/// Whether a request would be refused again: of a room that nobody is left in, say, or that this user is kept out of. A
/// token that ran out, too many requests and a homeserver that is in trouble pass.
pub(crate) fn is_for_good(error: &Error) -> bool {
    status(error).is_some_and(|status| matches!(status, 400..=499) && !matches!(status, 401 | 408 | 429))
}

/// An error of a request about one room. 403 says what the user may not do there, and nothing of the token: that
/// would be 401 (client-server API, section "Standard error response").
pub(crate) fn in_room(error: Error, room: &str) -> Error {
    match status(&error) {
        Some(403) => Error::denied(format!(
            "the user may not do that in the room `{room}`, or isn't in it: {}",
            error.message()
        ))
        .with_detail("status", 403),
        _ => error,
    }
}

/// An error of `/sync`. All that can be wrong with the request is the cursor. To begin anew by itself would leave out
/// whatever was said meanwhile, so somebody has to say so.
pub(crate) fn of_cursor(error: Error, since: Option<&str>) -> Error {
    match (status(&error), since) {
        (Some(400), Some(_)) => Error::setup(format!(
            "the stored cursor is not one of this homeserver; remove it to begin with what comes from now on, or store \
             the right one: {}",
            error.message()
        )),
        _ => error,
    }
}
