//! Work on all cores whose results keep the order of the input, in bounded memory.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::exit::{Failure, Stop};

/// Pieces that may be under way at once, for each thread.
const AHEAD: usize = 4;

/// Does `work` on every item and hands the results to `sink` in the order of the items.
///
/// Never more than a few items for each thread are under way, so memory does not grow with the
/// input. The threads are left to themselves when `sink` stops early: one may be waiting for input
/// that never comes, and the process ends anyway.
pub fn in_order<I, T>(
    items: impl Iterator<Item = I> + Send + 'static,
    work: impl Fn(I) -> T + Send + Sync + 'static,
    mut sink: impl FnMut(T) -> Result<(), Stop>,
) -> Result<(), Stop>
where
    I: Send + 'static,
    T: Send + 'static,
{
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let ahead = threads * AHEAD;
    let (give_permit, permits) = sync_channel::<()>(ahead);
    let (give_job, jobs) = sync_channel::<(usize, I)>(ahead);
    let (give_result, results) = sync_channel::<(usize, Option<T>)>(ahead);
    for _ in 0..ahead {
        let _ = give_permit.try_send(());
    }

    thread::spawn(move || {
        for job in items.enumerate() {
            if permits.recv().is_err() || give_job.send(job).is_err() {
                return;
            }
        }
    });
    let jobs = Arc::new(Mutex::new(jobs));
    let work = Arc::new(work);
    for _ in 0..threads {
        let (jobs, work, give_result) = (jobs.clone(), work.clone(), give_result.clone());
        thread::spawn(move || {
            loop {
                let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((number, item)) = job else { return };
                let result = catch_unwind(AssertUnwindSafe(|| work(item))).ok();
                if give_result.send((number, result)).is_err() {
                    return;
                }
            }
        });
    }
    drop(give_result);

    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (number, result) in results {
        let result = result.ok_or_else(|| {
            Failure::new("provisor has a fault of its own and stopped")
                .help("please report what is printed above, without anybody's data")
        })?;
        waiting.insert(number, result);
        while let Some(result) = waiting.remove(&next) {
            sink(result)?;
            next += 1;
            // The feeder may have ended already.
            let _ = give_permit.try_send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_input() {
        let mut seen = Vec::new();
        let slow_sometimes = |n: u64| {
            thread::sleep(std::time::Duration::from_micros(n * 7919 % 300));
            n
        };
        in_order(0..500, slow_sometimes, |n| {
            seen.push(n);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn a_sink_that_has_enough_ends_it_even_if_the_input_never_ends() {
        let mut seen = 0;
        let stopped = in_order(
            0_u64..,
            |n| n,
            |_| {
                seen += 1;
                if seen == 100 { Err(Stop::Closed) } else { Ok(()) }
            },
        );
        assert!(matches!(stopped, Err(Stop::Closed)));
    }

    #[test]
    fn a_fault_in_the_work_is_a_failure() {
        let stopped = in_order(0..100, |n| assert!(n != 50), |()| Ok(()));
        assert!(matches!(stopped, Err(Stop::Failure(_))));
    }
}
