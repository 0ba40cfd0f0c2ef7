//! Runs the command in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes away with the value.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// With these files in it.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        // Tests are clients of HTTP too, and have the same process.
        provisor_clients::wire::settle_cryptography();
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("cli-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Runs the command with arguments that stand between blanks.
    pub(super) fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, b"")
    }

    /// The same with standard input.
    pub(super) fn run_with(&self, arguments: &str, input: &[u8]) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || {
            // The command may not want it all.
            let _ = std::io::Write::write_all(&mut stdin, &input);
        });
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        Ran(output)
    }

    /// The command, to be changed before it is run.
    pub(super) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provisor"));
        command.current_dir(&self.0).args(arguments.split_whitespace()).env_remove("NO_COLOR");
        // A server of whoever runs the tests is left alone.
        command.env_remove("PROVISOR_URL").env_remove("PROVISOR_TOKEN");
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How a run ended.
pub(super) struct Ran(Output);

impl Ran {
    pub(super) fn of(output: Output) -> Self {
        Self(output)
    }

    pub(super) fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub(super) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(super) fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }
}

/// All of it, for a snapshot.
impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\n{}", self.code(), self.out())?;
        if !self.0.stderr.is_empty() {
            write!(f, "--- stderr\n{}", self.err())?;
        }
        Ok(())
    }
}
