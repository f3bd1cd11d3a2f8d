//! A connector with `#[events]` and `#[send]`, for `tests/puffer` to run: it tells the hours, and takes messages.

use connector_sdk::message::Sender;
use connector_sdk::prelude::*;
use connector_sdk::serde::{Deserialize, Serialize};

/// Strikes the hours.
#[connector(id = "chimes", title = "Chimes")]
struct Chimes;

/// Which strike of which hour was the last.
#[derive(Serialize, Deserialize)]
#[serde(crate = "connector_sdk::serde")]
struct Struck {
    hour: u32,
}

#[connector]
impl Chimes {
    /// Each hour that is struck.
    #[events(every = "50ms", window = 3)]
    async fn hours(&self, ctx: &Context, out: &mut Events<Message>, since: Option<Struck>) -> Result<()> {
        ctx.log(Level::Info, "looking at the clock");
        for hour in since.map_or(1, |struck| struck.hour + 1)..=12 {
            let id = format!("hour-{hour}");
            let payload = Message::new(&id, Sender::new("bell"), "tower", format!("{hour} o'clock"));
            out.emit(Event { id, cursor: Struck { hour }, payload }).await?;
        }
        Ok(())
    }

    /// Pin a note to the tower.
    #[send(idempotent)]
    async fn pin(&self, message: &OutgoingMessage) -> Result<Receipt> {
        Ok(Receipt::new(format!("pinned: {}", message.text)))
    }
}

connector_sdk::main!(Chimes);
