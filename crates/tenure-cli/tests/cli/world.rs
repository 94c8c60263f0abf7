//! A directory of its own per test, with a small policy, and processes that run in it.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Who may obtain what, in every test here.
pub(crate) const POLICY: &str = "
tenure: 1
identities:
  ann: {kind: human}
  bob: {kind: human}
resources:
  prod: {type: environment}
  prod/orders: {type: database, parent: prod}
entitlements:
  admin: {kind: role, permissions: ['db:write']}
  deploy: {kind: role, permissions: ['app:deploy']}
eligibility:
  all:
    who: {kinds: [human]}
    what: {ids: [admin, deploy]}
    duration: {max: 8h}
    already_held: reject
";

/// The instant of every test that names no other.
pub(crate) const NOW: &str = "2026-03-02T09:00:00Z";

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A directory that goes away with it.
pub(crate) struct World {
    dir: PathBuf,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    /// With the policy as `p.yaml`, and no log.
    pub(crate) fn new() -> Self {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("tenure-cli-{}-{n}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let world = Self { dir };
        world.write("p.yaml", POLICY);
        world
    }

    /// The same, with a log of these facts, one commit each.
    pub(crate) fn with_facts(facts: &[String]) -> Self {
        let world = Self::new();
        let lines = facts.iter().enumerate().map(|(n, fact)| commit_line(n, fact));
        world.write("l.jsonl", lines.collect::<String>());
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `tenure` with the words of `args`; `p.yaml`, `l.jsonl` and [`NOW`] are added.
    pub(crate) fn tenure(&self, args: &str) -> Ended {
        self.pipe(args, "")
    }

    /// The same, with this on standard input.
    pub(crate) fn pipe(&self, args: &str, input: impl AsRef<[u8]>) -> Ended {
        let mut child = self.start(args);
        // A process that refuses its input early closes it; that is no failure of the test.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        end(child)
    }

    /// The same, not waited for; its standard input is open.
    pub(crate) fn start(&self, args: &str) -> Child {
        let mut command = bare(&self.dir);
        command.args(args.split_whitespace());
        for (option, value) in [("--policy", "p.yaml"), ("--log", "l.jsonl"), ("--now", NOW)] {
            if !args.split_whitespace().any(|word| word == option) {
                command.args([option, value]);
            }
        }
        command.spawn().unwrap()
    }

    /// Runs `tenure` with these arguments and nothing else.
    pub(crate) fn exactly(&self, args: &[&str]) -> Ended {
        let mut command = bare(&self.dir);
        end(command.args(args).spawn().unwrap())
    }

    /// How many lines and facts the log has, once `log verify` has found nothing wrong with it.
    pub(crate) fn verified(&self) -> (u64, u64) {
        let report = self.tenure("log verify --json").json(0);
        (report["commits"].as_u64().unwrap(), report["facts"].as_u64().unwrap())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl Ended {
    /// The JSON it printed, after ending with `code`.
    #[track_caller]
    pub(crate) fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.err, "", "with --json nothing goes to standard error");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error it printed as JSON, after ending with `code`.
    #[track_caller]
    pub(crate) fn error(&self, code: i32) -> Value {
        self.json(code)["error"].clone()
    }

    /// What it told people is wrong, after ending with `code`; among it is an error of this kind.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, kind: &str) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(&format!("({kind})")), "{self:?}");
        &self.err
    }

    /// What it printed for people, after ending with `code`.
    #[track_caller]
    pub(crate) fn text(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        &self.out
    }
}

/// Waits for the end.
pub(crate) fn end(child: Child) -> Ended {
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A heartbeat, the simplest fact there is.
pub(crate) fn beat(id: &str, at: &str) -> String {
    format!(
        r#"{{"body":{{"id":"pager"}},"effective_at":"{at}","id":"{id}","kind":"feed_heartbeat","recorded_at":"{at}","v":1}}"#
    )
}

/// Heartbeats of [`NOW`], `b-0` and so on.
pub(crate) fn beats(count: usize) -> Vec<String> {
    (0..count).map(|n| beat(&format!("b-{n}"), NOW)).collect()
}

/// A line of the log.
pub(crate) fn commit_line(pos: usize, fact: &str) -> String {
    format!("{{\"facts\":[{fact}],\"pos\":{pos}}}\n")
}

/// A request for eight hours, as a document.
pub(crate) fn request(id: &str, who: &str, what: &str) -> String {
    format!(r#"{{"request":{{"id":"{id}","beneficiary":"{who}","entitlement":"{what}","duration":"8h"}}}}"#)
}

fn bare(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
    command.current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
