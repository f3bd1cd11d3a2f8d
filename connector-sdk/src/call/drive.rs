//! Runs a method: until it is done, the caller gives up, the time is over, or it panics.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::{BoxFuture, Context, Error, Result};

/// Runs code that is not ours, and makes an error of a panic in it.
pub(crate) fn catch<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    // Whatever a panic leaves half-changed is the connector's own, which must mind it anyway: its
    // methods take `&self` and are called from many tasks.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

/// Drives a method to its end within the limits of the call. It doesn't begin where these are passed
/// `now` already.
pub(super) async fn drive<T>(
    mut run: BoxFuture<'_, Result<T>>,
    context: &Context,
    now: Instant,
) -> Result<T> {
    context.check_at(now)?;
    // Most methods that don't wait for anything are done now, and need no timer.
    if let Poll::Ready(result) = poll_fn(|task| Poll::Ready(poll(&mut run, task))).await {
        return result;
    }
    let mut cancelled = pin!(None);
    let mut deadline = pin!(async {
        match context.deadline() {
            Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
            None => std::future::pending().await,
        }
    });
    poll_fn(|task| {
        if let Poll::Ready(result) = poll(&mut run, task) {
            return Poll::Ready(result);
        }
        // Whoever can cancel it has asked for the token: before the call, or in the method just now.
        if cancelled.is_none() {
            cancelled.set(context.token().map(CancellationToken::cancelled));
        }
        let is_cancelled = cancelled.as_mut().as_pin_mut().is_some_and(|wait| wait.poll(task).is_ready());
        if is_cancelled || deadline.as_mut().poll(task).is_ready() {
            return Poll::Ready(context.check().and(Err(Error::cancelled("the call ran out of time"))));
        }
        Poll::Pending
    })
    .await
}

pub(crate) fn poll<T>(run: &mut BoxFuture<'_, Result<T>>, task: &mut TaskContext<'_>) -> Poll<Result<T>> {
    catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(task)))
        .unwrap_or_else(|panic| Poll::Ready(Err(panicked(&*panic))))
}

#[cold]
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say why");
    Error::internal(format!("the connector panicked: {said}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ErrorKind;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    #[test]
    fn a_panic_is_an_internal_error_wherever_it_happens() {
        let early = catch(|| -> Result<()> { panic!("early {}", 1) }).expect_err("panicked");
        assert_eq!(early.to_string(), "the connector panicked: early 1");
        let late: BoxFuture<'_, Result<()>> = Box::pin(async {
            tokio::task::yield_now().await;
            panic!("late")
        });
        let late = block_on(drive(late, &Context::new(), Instant::now())).expect_err("panicked");
        assert_eq!(
            (late.kind(), late.to_string().as_str()),
            (ErrorKind::Internal, "the connector panicked: late")
        );
    }

    #[test]
    fn a_method_that_hangs_ends_at_its_deadline() {
        let context = Context::new().with_timeout(Duration::from_millis(10));
        let hang: BoxFuture<'_, Result<()>> = Box::pin(std::future::pending());
        let error = block_on(drive(hang, &context, Instant::now())).expect_err("out of time");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Cancelled, "the call ran out of time"));
    }

    #[test]
    fn a_method_that_hangs_ends_when_it_is_cancelled() {
        let token = CancellationToken::new();
        let context = Context::new().with_cancellation(token.clone());
        let cancel: BoxFuture<'_, Result<()>> = Box::pin(async move {
            token.cancel();
            std::future::pending().await
        });
        let error = block_on(drive(cancel, &context, Instant::now())).expect_err("cancelled");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Cancelled, "the call was cancelled"));
    }

    #[test]
    fn a_method_ends_by_the_token_that_it_asked_for_itself() {
        let context = Context::new();
        let cancel: BoxFuture<'_, Result<()>> = Box::pin(async {
            tokio::task::yield_now().await;
            context.cancellation().cancel();
            std::future::pending().await
        });
        let error = block_on(drive(cancel, &context, Instant::now())).expect_err("cancelled");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Cancelled, "the call was cancelled"));
    }

    #[test]
    fn a_call_that_is_over_before_it_begins_does_not_begin() {
        let context = Context::new().with_timeout(Duration::ZERO);
        let run: BoxFuture<'_, Result<()>> = Box::pin(async { panic!("it began") });
        assert_eq!(
            block_on(drive(run, &context, Instant::now())).expect_err("over").kind(),
            ErrorKind::Cancelled
        );
    }
}
