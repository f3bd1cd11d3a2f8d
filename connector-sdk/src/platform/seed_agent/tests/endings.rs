//! How a mailbox ends by itself.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use super::*;

/// Events that break where nobody catches it: in what is done when they are over.
struct Breaking;

impl Future for Breaking {
    type Output = Result<()>;

    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Breaking {
    fn drop(&mut self) {
        panic!("as it was told");
    }
}

/// Tells nothing, and breaks.
struct Broken(Post);

impl Connector for Broken {
    fn manifest(&self) -> &Manifest {
        self.0.manifest()
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        self.0.prepare(call)
    }

    fn events<'a>(&'a self, _: Option<&'a str>, _: Emitter, _: &'a Context) -> BoxFuture<'a, Result<()>> {
        Box::pin(Breaking)
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage, ctx: &'a Context) -> BoxFuture<'a, Result<Receipt>> {
        self.0.send(message, ctx)
    }
}

/// Exit code 0 would be an end that somebody wanted (contract 2.10, 9).
#[tokio::test(start_paused = true)]
async fn events_that_end_without_a_reason_are_a_failure() {
    let agent = Agent::new();
    let connector = Broken(Post::new(0, |_| Ok(())));
    let connection = Arc::new(Connection::over("work", Box::new(connector), Redactor::new(&[])));
    let (log, stop) = (Arc::new(Log::default()), CancellationToken::new());
    let error = mailbox(connection, &agent.options(), log, stop).await.expect_err("nobody stopped it");
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert!(error.message().contains("ended without a reason"), "{error}");
    assert_eq!(exit_code(error.kind()), 1);
}
