//! What the disk itself can do: the limit of every write that is durable before it is answered.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Appends 4 KB and calls fsync, again and again for a second; gives how many a second.
pub(crate) fn fsyncs_a_second(directory: &Path) -> f64 {
    let path = directory.join("fsync-probe");
    let mut file = std::fs::File::create(&path).expect("a file");
    let (block, begun) = ([7u8; 4096], Instant::now());
    let mut count = 0u32;
    while begun.elapsed() < Duration::from_secs(1) {
        file.write_all(&block).expect("room");
        file.sync_data().expect("a disk");
        count += 1;
    }
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    let _ = std::fs::remove_file(path);
    rate
}
