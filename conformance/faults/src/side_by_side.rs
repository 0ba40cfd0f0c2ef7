//! Several pieces of work at the same time, and no more than that.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Does each of some things, `at_once` at a time; what comes of them is in their order. Ends with
/// the first that fails.
pub async fn side_by_side<T, R, F>(
    things: impl IntoIterator<Item = T>,
    at_once: usize,
    each: impl Fn(T) -> F,
) -> Result<Vec<R>, String>
where
    R: Send + 'static,
    F: Future<Output = Result<R, String>> + Send + 'static,
{
    let turns = Arc::new(Semaphore::new(at_once.max(1)));
    let mut running = JoinSet::new();
    for (place, thing) in things.into_iter().enumerate() {
        let (turns, work) = (Arc::clone(&turns), each(thing));
        running.spawn(async move {
            // The semaphore is never closed.
            let _turn = turns.acquire().await.ok();
            Ok::<_, String>((place, work.await?))
        });
    }
    let mut all = Vec::with_capacity(running.len());
    while let Some(ended) = running.join_next().await {
        all.push(ended.map_err(|error| error.to_string())??);
    }
    all.sort_unstable_by_key(|(place, _)| *place);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn so_many_at_a_time_and_in_order() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let each = |number: u64| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // The later ones end first.
                tokio::time::sleep(std::time::Duration::from_millis(20 - 2 * number)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(number)
            }
        };
        assert_eq!(side_by_side(0..9, 3, each).await, Ok((0..9).collect()));
        assert_eq!(most.load(Ordering::SeqCst), 3);
        let fails = |number: u64| async move {
            if number == 1 { Err("one".to_owned()) } else { Ok(number) }
        };
        assert_eq!(side_by_side(0..3, 1, fails).await, Err("one".to_owned()));
    }
}
