//! Whoever answers the vectors. An implementation is a function of the policy, the facts, the question and now;
//! it answers with the JSON of the product.

use alloc::string::ToString;
use core::sync::atomic::{AtomicU64, Ordering};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use serde_json::Value;
use tenure::check::{Question, Target};
use tenure::decide::Command;
use tenure::document::canonical;
use tenure::fact::{Body, Fact};
use tenure::id::IdentityId;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

/// Answers commands and questions. All errors are words for people; a denial is an answer.
pub trait Implementation {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// JSON pointers of what its answers leave out on purpose; these are not compared.
    fn silent(&self) -> &'static [&'static str] {
        &[]
    }

    /// The JSON of the decision on a command.
    ///
    /// # Errors
    /// Why there is no decision.
    fn decide(
        &self,
        policy: &Value,
        facts: &[Fact],
        command: &Command,
        now: Timestamp,
    ) -> Result<String, String>;

    /// The JSON of the answer to a question.
    ///
    /// # Errors
    /// Why there is no answer.
    fn check(
        &self,
        policy: &Value,
        facts: &[Fact],
        question: &Question,
        now: Timestamp,
    ) -> Result<String, String>;

    /// The JSON of what it takes to put another document in force. Whoever does not say it lets the library say
    /// it, and goes on from there.
    ///
    /// # Errors
    /// Why there is nothing to propose.
    fn adopt(
        &self,
        policy: &Value,
        facts: &[Fact],
        document: &Value,
        by: Option<&IdentityId>,
        now: Timestamp,
    ) -> Result<String, String> {
        Engine.adopt(policy, facts, document, by, now)
    }

    /// The JSON of what has ended and is not recorded.
    ///
    /// # Errors
    /// Why nothing was found out.
    fn reconcile(&self, policy: &Value, facts: &[Fact], now: Timestamp) -> Result<String, String>;
}

/// The library, with an engine made of the state of the whole log.
#[derive(Debug, Clone, Copy)]
pub struct Engine;

/// The library, with an engine that takes in the log one fact after the other.
#[derive(Debug, Clone, Copy)]
pub struct Chain;

fn policy_of(policy: &Value) -> Result<Policy, String> {
    Policy::from_json(policy.to_string()).map_err(|error| error.to_string())
}

fn whole(policy: &Value, facts: &[Fact]) -> Result<tenure::engine::Engine, String> {
    let mut state = State::default();
    for (position, fact) in (0u64..).zip(facts) {
        state.apply(position, fact).map_err(|error| error.to_string())?;
    }
    tenure::engine::Engine::new(policy_of(policy)?, state).map_err(|error| error.to_string())
}

fn chained(policy: &Value, facts: &[Fact]) -> Result<tenure::engine::Engine, String> {
    let policy = policy_of(policy)?;
    // A log that began with another document is taken in as it was when that one was last in force.
    let others = facts.iter().enumerate().filter_map(|(n, fact)| match &fact.body {
        Body::PolicyAdopted(adopted) => Some((n, adopted.digest != policy.digest())),
        _ => None,
    });
    let others: Vec<(usize, bool)> = others.collect();
    let begins_otherwise = others.first().is_some_and(|(_, other)| *other);
    let last = others.iter().rfind(|(_, other)| *other && begins_otherwise);
    let (before, after) = facts.split_at(last.map_or(0, |(n, _)| n.saturating_add(1)));
    let mut state = State::default();
    state.apply_all(0, before).map_err(|error| error.to_string())?;
    let first = tenure::engine::Engine::new(policy, state).map_err(|error| error.to_string())?;
    (first.position()..).zip(after).try_fold(first, |engine, (position, fact)| {
        engine.apply(position, core::slice::from_ref(fact)).map_err(|e| format!("at fact {position}: {e}"))
    })
}

fn json(answer: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string(answer).map_err(|error| error.to_string())
}

macro_rules! by_engine {
    ($implementation:ty, $name:literal, $engine:ident) => {
        impl Implementation for $implementation {
            fn name(&self) -> &'static str {
                $name
            }

            fn decide(
                &self,
                policy: &Value,
                facts: &[Fact],
                command: &Command,
                now: Timestamp,
            ) -> Result<String, String> {
                json(&$engine(policy, facts)?.decide(command, now))
            }

            fn check(
                &self,
                policy: &Value,
                facts: &[Fact],
                question: &Question,
                now: Timestamp,
            ) -> Result<String, String> {
                json(&$engine(policy, facts)?.check(question, now))
            }

            fn adopt(
                &self,
                policy: &Value,
                facts: &[Fact],
                document: &Value,
                by: Option<&IdentityId>,
                now: Timestamp,
            ) -> Result<String, String> {
                let adoption = $engine(policy, facts)?.adopt(&policy_of(document)?, by, now);
                json(&adoption.map_err(|error| error.to_string())?)
            }

            fn reconcile(&self, policy: &Value, facts: &[Fact], now: Timestamp) -> Result<String, String> {
                json(&$engine(policy, facts)?.reconcile(now))
            }
        }
    };
}

by_engine!(Engine, "engine", whole);
by_engine!(Chain, "engine, fact by fact", chained);

/// The `tenure` command, one process per answer.
#[derive(Debug)]
pub struct Cli {
    binary: PathBuf,
    folder: PathBuf,
}

/// Distinguishes the folders of one process.
static FOLDERS: AtomicU64 = AtomicU64::new(0);

impl Cli {
    /// Builds the command into the target folder that this process was built in, and takes it from there.
    ///
    /// # Errors
    /// What went wrong, and what to do.
    pub fn build() -> Result<Self, String> {
        let wrong = |what: &dyn core::fmt::Display| {
            format!("no `tenure` command to test: {what}; run `cargo build -p tenure-cli` and try again")
        };
        // <target>/<profile>/deps/<this>, with the command as <target>/<profile>/tenure.
        let this = std::env::current_exe().map_err(|error| wrong(&error))?;
        let profile = this.ancestors().nth(2).ok_or_else(|| wrong(&"this process has no target folder"))?;
        let target = profile.parent().unwrap_or(profile);
        let mut cargo = Process::new(env!("CARGO"));
        cargo
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "tenure-cli",
                "--bin",
                "tenure",
                "--target-dir",
            ])
            .arg(target);
        match profile.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => {}
            Some(profile) => {
                cargo.args(["--profile", profile]);
            }
        }
        let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().map_err(|error| wrong(&error))?;
        if !built.status.success() {
            return Err(wrong(&String::from_utf8_lossy(&built.stderr)));
        }
        let binary = profile.join(format!("tenure{}", std::env::consts::EXE_SUFFIX));
        if !binary.is_file() {
            return Err(wrong(&format_args!("`{}` is not there", binary.display())));
        }
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("tenure-vectors-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| wrong(&error))?;
        Ok(Self { binary, folder })
    }

    /// Runs the command with a policy file, its name and its text, on an empty log or one of a single commit, and
    /// gives its exit status and output.
    ///
    /// # Errors
    /// Why it could not be run.
    pub fn run(
        &self,
        (policy_name, policy): (&str, &str),
        facts: &[Fact],
        input: Option<&str>,
        args: &[&str],
        now: Timestamp,
    ) -> Result<(Option<i32>, String), String> {
        let file = |name: &str, text: &str| -> Result<PathBuf, String> {
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(|error| error.to_string())?;
            Ok(path)
        };
        let policy = file(policy_name, policy)?;
        let line = serde_json::json!({"facts": facts, "pos": 0});
        let mut line = canonical(&line).map_err(|error| error.to_string())?;
        line.push('\n');
        // There always is a log: of one that is not there the command would warn.
        let log = file("log.jsonl", if facts.is_empty() { "" } else { &line })?;
        let input = input.map(|text| file("input.json", text)).transpose()?;

        let mut process = Process::new(&self.binary);
        process.args(args).args(input.as_deref().map(Path::as_os_str));
        process.arg("--json").arg("--policy").arg(policy).arg("--log").arg(log);
        let output = process.args(["--now", &now.to_string()]).output().map_err(|e| e.to_string())?;
        if !output.stderr.is_empty() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
        Ok((output.status.code(), text.trim_end().to_owned()))
    }

    /// Runs it and holds its exit status against its answer.
    fn answer(
        &self,
        policy: &Value,
        facts: &[Fact],
        input: Option<&str>,
        args: &[&str],
        now: Timestamp,
    ) -> Result<String, String> {
        let (status, text) = self.run(("policy.json", &policy.to_string()), facts, input, args, now)?;
        let answer: Value = text.parse().map_err(|error| format!("{error}: {text}"))?;
        let said = answer.get("verdict").or_else(|| answer.get("answer")).and_then(Value::as_str);
        let expected = match said {
            Some("deny" | "denied" | "conditional") => 4,
            Some("pending") => 3,
            _ if answer.get("error").is_some() => return Err(text),
            _ => 0,
        };
        if status == Some(expected) {
            Ok(text)
        } else {
            Err(format!("exit status {status:?} does not fit the answer: {text}"))
        }
    }
}

impl Drop for Cli {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean up.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Implementation for Cli {
    fn name(&self) -> &'static str {
        "command"
    }

    fn decide(
        &self,
        policy: &Value,
        facts: &[Fact],
        command: &Command,
        now: Timestamp,
    ) -> Result<String, String> {
        let input = json(command)?;
        self.answer(policy, facts, Some(&input), &["decide"], now)
    }

    fn check(
        &self,
        policy: &Value,
        facts: &[Fact],
        question: &Question,
        now: Timestamp,
    ) -> Result<String, String> {
        if !question.context.is_empty() || matches!(question.resource, Some(Target::Open(_))) {
            // What words cannot say stands in a document.
            let text = canonical(question).map_err(|error| error.to_string())?;
            return self.answer(policy, facts, Some(&text), &["check", "--question"], now);
        }
        let resource = question.resource.as_ref().map(|resource| resource.id().as_str());
        let args = ["check", question.identity.as_str(), question.permission.as_str()];
        let args: Vec<&str> = args.into_iter().chain(resource).collect();
        self.answer(policy, facts, None, &args, now)
    }

    fn adopt(
        &self,
        policy: &Value,
        facts: &[Fact],
        document: &Value,
        by: Option<&IdentityId>,
        now: Timestamp,
    ) -> Result<String, String> {
        let previous = self.folder.join("previous.json");
        fs::write(&previous, policy.to_string()).map_err(|error| error.to_string())?;
        let mut args = vec!["adopt", "--dry-run", "--previous"];
        args.push(previous.to_str().ok_or("the folder has no readable name")?);
        args.extend(by.into_iter().flat_map(|by| ["--by", by.as_str()]));
        self.answer(document, facts, None, &args, now)
    }

    fn reconcile(&self, policy: &Value, facts: &[Fact], now: Timestamp) -> Result<String, String> {
        self.answer(policy, facts, None, &["reconcile"], now)
    }
}
