//! Rooms of a Matrix homeserver: what is said in them as events, by long poll, and messages into them.
//!
//! The facts are those of the client-server API, <https://spec.matrix.org/v1.16/client-server-api/>. What is said in
//! encrypted rooms can't be read here, and is left out.

use connector_sdk::prelude::*;

mod event;
mod follow;
mod gap;
mod join;
mod login;
mod refusal;
mod room;
mod send;
mod sync;
mod tell;
mod user;

pub use room::{Read, Room};
pub use send::Sent;

/// Rooms of a Matrix homeserver: what is said in them, and saying something there.
#[connector(
    id = "matrix",
    title = "Matrix",
    category = "communication",
    docs = "https://spec.matrix.org/latest/client-server-api/",
    auth = bearer(token, renew = login::renew),
)]
pub struct Matrix {
    /// Where the homeserver answers clients.
    #[config(placeholder = "https://matrix.example.org")]
    homeserver: String,
    /// Whether to join every room that somebody invites to.
    #[config(default = false)]
    join: bool,
    /// Access token. Without one, `connect` asks for a user and a password.
    #[secret(help = "`connect` on a terminal logs in and gets one that is renewed")]
    token: Option<Secret>,
    #[http(base = "{homeserver}")]
    http: Http,
    #[state]
    user: user::Known,
}

#[connector]
impl Matrix {
    /// What others say in the rooms that the user is in.
    #[events]
    async fn messages(&self, ctx: &Context, since: Option<String>, out: &mut Events<Message>) -> Result<()> {
        self.follow(ctx, since, out).await
    }

    /// Say something in a room.
    // A homeserver answers a transaction id that it knows with the event that it made of it.
    #[send(idempotent)]
    async fn deliver(&self, ctx: &Context, message: &OutgoingMessage) -> Result<Receipt> {
        self.say(ctx, message).await
    }

    /// Say something in a room.
    #[action(write, resource = "messages", command = "messages.send")]
    async fn send_message(
        &self,
        ctx: &Context,
        /// The room's id, as `!id:example.org`.
        #[arg(length = 1..)]
        chat_id: String,
        /// What is said.
        #[arg(length = 1..)]
        text: String,
        /// The message that began the thread that it belongs to.
        thread: Option<String>,
    ) -> Result<Sent> {
        let mut message = OutgoingMessage::new(send::transaction(ctx), chat_id, text);
        message.thread_id = thread;
        self.put_message(ctx, &message).await
    }

    /// Put a sign, such as a thumb, under a message.
    #[action(write, resource = "messages", command = "messages.react")]
    async fn react(
        &self,
        ctx: &Context,
        /// The room's id.
        #[arg(length = 1..)]
        chat_id: String,
        /// The message's id.
        #[arg(length = 1..)]
        message_id: String,
        /// The sign.
        #[arg(length = 1..=100)]
        text: String,
    ) -> Result<Sent> {
        self.put_reaction(ctx, &chat_id, &message_id, &text).await
    }

    /// List the rooms that the user is in.
    #[action(read, resource = "rooms")]
    async fn list_rooms(&self, ctx: &Context) -> Result<Vec<Room>> {
        self.rooms(ctx).await
    }

    /// Read the last messages of a room, the oldest first.
    #[action(read, resource = "messages")]
    async fn read_messages(
        &self,
        ctx: &Context,
        /// The room's id.
        #[arg(length = 1..)]
        chat_id: String,
        /// At most this many.
        #[arg(default = 30, range = 1..=500)]
        limit: u32,
        /// Only those before that place, which an earlier answer told as `before`.
        before: Option<String>,
    ) -> Result<Read> {
        self.read(ctx, &chat_id, limit as usize, before).await
    }

    /// Leave a room, or decline an invitation to it.
    #[action(write, resource = "rooms")]
    async fn leave_room(
        &self,
        ctx: &Context,
        /// The room's id.
        #[arg(length = 1..)]
        chat_id: String,
        /// What the others are told as the reason.
        text: Option<String>,
    ) -> Result<()> {
        self.leave(ctx, &chat_id, text.as_deref()).await
    }

    /// Get an access token for a user and a password.
    #[login]
    async fn log_in(&self, ask: &dyn Ask) -> Result<Obtained> {
        login::log_in(&self.http, ask).await
    }

    /// Does the homeserver answer, and know the token?
    #[health]
    async fn health(&self, ctx: &Context) -> Result<()> {
        user::ask(self.http.get(user::WHOAMI).within(ctx)).await.map(drop)
    }
}
