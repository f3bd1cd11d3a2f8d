//! Methods that wait, hand work to others, and hold what may be held across an await.
#![deny(warnings)]

use std::future::{poll_fn, ready};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "waits")]
pub struct Waits {
    #[state]
    log: Arc<Mutex<Vec<String>>>,
}

async fn turn() {
    let mut first = true;
    poll_fn(|task| {
        if std::mem::replace(&mut first, false) {
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

#[connector]
impl Waits {
    /// Wait a little.
    #[action(write, local, idempotent, timeout = "500ms")]
    async fn wait(
        &self,
        /// What to remember.
        text: &str,
        context: &Context,
        /// How often.
        #[arg(default = 3)]
        turns: u8,
    ) -> Result<usize> {
        for done in 0..turns {
            context.check()?;
            context.progress(done.into(), Some(turns.into()));
            turn().await;
        }
        let mut log = self.log.lock().map_err(|_| Error::internal("poisoned"))?;
        log.push(text.to_owned());
        Ok(log.len())
    }

    /// Wait for nothing.
    #[action(read)]
    async fn at_once(&self) -> Result<u8> {
        ready(Ok(1)).await
    }
}

fn main() {
    let factory = connector_sdk::factory::<Waits>();
    let action = &connector_sdk::Factory::manifest(&factory).actions[0];
    assert_eq!(action.timeout, Some(std::time::Duration::from_millis(500)));
    assert!(action.permission.idempotent && !action.permission.external_side_effect);
}
