//! What may be written behind `tenure` on the command line.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::failure::Failure;

/// Decide who may hold which entitlement, why, where, and until when.
#[derive(Debug, Parser)]
#[command(name = "tenure", version, max_term_width = 100)]
#[command(after_help = "Exit status: 0 permit, allowed or done; 1 a file could not be read or written, \
                        a test failed, lint has warnings, or fmt --check differences; 2 bad input; 3 pending; 4 deny, denied or \
                        conditional; 5 conflict. With --lines: 0 if every line was answered, otherwise that of the first \
                        that was not.")]
pub(crate) struct Cli {
    /// Ask the past: only so many facts of the log count; commands that write refuse it
    #[arg(long, global = true, value_name = "POSITION")]
    pub(crate) as_of: Option<u64>,
    /// Answer in canonical JSON, one line, errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The log of facts, JSON lines; a file that does not exist yet is an empty log
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// The instant to decide at, for example 2026-03-02T09:00:00Z [default: the clock]
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<String>,
    /// The policy document, YAML or JSON
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Decide a command: a request, an extension, a revocation
    Decide(Box<Decide>),
    /// Ask why a command comes to what it does, what would change that, and what could be asked instead
    Explain(Box<Explain>),
    /// Ask whether somebody may do something now; what is not allowed, or only on a condition, exits with 4
    Check(Check),
    /// Ask who may do something now
    Who(Who),
    /// Ask what somebody may do now, or what everybody may
    What(What),
    /// Ask what somebody may ask for now: for how long, by which rules, and what it would need
    Requestable(Requestable),
    /// Ask what somebody held, holds and will hold, by what, and what ended it
    Timeline(Timeline),
    /// Draw the path behind an answer, what an entitlement comes to, or the whole hierarchy
    #[command(subcommand)]
    Graph(Graph),
    /// Ask what would be if facts happened or another document were adopted; nothing is written
    Simulate(Simulate),
    /// Put the policy document in force in place of the one before
    Adopt(Adopt),
    /// Append a proposal, or facts of your own, to the log
    Commit(Commit),
    /// Compare two policy documents: who gains, who loses what
    Diff(Diff),
    /// Put documents in form, or look whether they are
    Fmt(Fmt),
    /// Find what has ended and is not recorded yet
    Reconcile(Reconcile),
    /// Find what in the policy document can never work
    Lint,
    /// Look after the log
    #[command(subcommand)]
    Log(Log),
    /// Print the JSON Schema of what Tenure reads, or of its decisions
    Schema(Schema),
    /// Run the tests of a policy: those in the document, and those in the file beside it
    Test(Test),
}

/// `tenure decide`.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// Append what a permit proposes to the log; decides again if the log changed meanwhile. With --lines each permit
    /// is written before the next line is decided
    #[arg(long)]
    pub(crate) commit: bool,
}

/// `tenure explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) asked: Asked,
}

/// A command, and to whom what becomes of it is told.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// The command as JSON or YAML, for example {"request": {…}}; - reads standard input
    #[arg(value_name = "FILE", conflicts_with_all = ["lines", "request"])]
    pub(crate) file: Option<String>,
    /// Tell only what this audience may know: requester, approver or admin
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) audience: Option<String>,
    /// What is known of the circumstances, for example device.managed=true; as often as needed
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "lines")]
    pub(crate) context: Vec<String>,
    /// What the rules ask to be stated, for example rows=100; as often as needed
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "lines")]
    pub(crate) input: Vec<String>,
    #[command(flatten)]
    pub(crate) lines: Lines,
    /// The name of a request given by these options, never used twice
    #[arg(long, value_name = "ID", requires_all = ["beneficiary", "entitlement"], conflicts_with = "lines")]
    pub(crate) request: Option<String>,
    #[command(flatten)]
    pub(crate) flags: RequestFlags,
}

/// Many at once.
#[derive(Debug, Args)]
pub(crate) struct Lines {
    /// Many of them, JSON, one a line: each is answered on a line of its own, in order and at once, as --json answers
    /// it; - reads standard input. A line that cannot be answered gets an error with its number in its place and harms
    /// no other; blank lines are passed over. Exits with 0 if every line was answered, whatever the answers are,
    /// otherwise as for the first that was not
    #[arg(long, value_name = "FILE")]
    pub(crate) lines: Option<String>,
}

/// The line after which no more are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Until {
    /// The last
    #[default]
    All,
    /// The first that is denied, conditional answers among them
    FirstDeny,
    /// The first that is permitted or allowed
    FirstPermit,
}

/// A request given by options.
#[derive(Debug, Args)]
pub(crate) struct RequestFlags {
    /// Who asks, if not the beneficiary
    #[arg(long, value_name = "IDENTITY", requires = "request")]
    pub(crate) by: Option<String>,
    /// For how long, for example 2h or PT30M
    #[arg(long, value_name = "SPAN", requires = "request", conflicts_with = "until")]
    pub(crate) duration: Option<String>,
    /// What is asked for
    #[arg(long, value_name = "ENTITLEMENT", requires = "request")]
    pub(crate) entitlement: Option<String>,
    /// The business event that makes it necessary
    #[arg(long, value_name = "EVENT", requires = "request")]
    pub(crate) event: Option<String>,
    /// For whom
    #[arg(long = "for", value_name = "IDENTITY", requires = "request")]
    pub(crate) beneficiary: Option<String>,
    /// Why, in words
    #[arg(long, value_name = "TEXT", requires = "request")]
    pub(crate) reason: Option<String>,
    /// By which rule, where the document lets the requester choose
    #[arg(long, value_name = "RULE", requires = "request")]
    pub(crate) rule: Option<String>,
    /// In which subtree of the resources; everywhere when absent
    #[arg(long, value_name = "RESOURCE", requires = "request")]
    pub(crate) scope: Option<String>,
    /// From when; now when absent
    #[arg(long, value_name = "TIME", requires = "request")]
    pub(crate) start: Option<String>,
    /// The ticket that tracks it
    #[arg(long, value_name = "TICKET", requires = "request")]
    pub(crate) ticket: Option<String>,
    /// Until when, in place of a duration; with --lines after which line to stop: all, first-deny or first-permit
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

/// `tenure check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Tell only what this audience may know: requester, approver or admin
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) audience: Option<String>,
    /// What is known of the circumstances, for example device.managed=true; as often as needed
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "lines")]
    pub(crate) context: Vec<String>,
    #[command(flatten)]
    pub(crate) lines: Lines,
    /// The question as JSON or YAML, in place of the words; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["context", "identity", "lines"])]
    pub(crate) question: Option<String>,
    /// After which of the lines to stop
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<Until>,
    /// Who
    #[arg(required_unless_present_any = ["question", "lines"], conflicts_with = "lines")]
    pub(crate) identity: Option<String>,
    /// Which permission, for example db:write
    #[arg(required_unless_present_any = ["question", "lines"])]
    pub(crate) permission: Option<String>,
    /// On which resource
    pub(crate) resource: Option<String>,
}

/// `tenure who`.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// What is known of the circumstances, the same for everybody; as often as needed
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "lines")]
    pub(crate) context: Vec<String>,
    /// Only identities of this kind: human, service_account, workload or agent; as often as needed
    #[arg(long, value_name = "KIND", conflicts_with = "lines")]
    pub(crate) kind: Vec<String>,
    /// How many to tell of at most [default: 1000]
    #[arg(long, value_name = "COUNT", conflicts_with = "lines")]
    pub(crate) limit: Option<u32>,
    #[command(flatten)]
    pub(crate) lines: Lines,
    /// Which permission, for example db:write
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    pub(crate) permission: Option<String>,
    /// On which resource
    pub(crate) resource: Option<String>,
}

/// `tenure what`.
#[derive(Debug, Args)]
pub(crate) struct What {
    /// Everybody, one after the other, in the order of their names; with --json a line each
    #[arg(long, conflicts_with_all = ["identity", "lines"])]
    pub(crate) all: bool,
    /// Only what is had through entitlements of this application; as often as needed
    #[arg(long, value_name = "APPLICATION", conflicts_with = "lines")]
    pub(crate) application: Vec<String>,
    /// What is known of the circumstances; as often as needed
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "lines")]
    pub(crate) context: Vec<String>,
    /// Only what is had through entitlements of this kind, for example role; as often as needed
    #[arg(long, value_name = "KIND", conflicts_with = "lines")]
    pub(crate) kind: Vec<String>,
    #[command(flatten)]
    pub(crate) lines: Lines,
    /// Only this permission; as often as needed
    #[arg(long, value_name = "PERMISSION", conflicts_with = "lines")]
    pub(crate) permission: Vec<String>,
    /// Only permissions that begin so, for example db:
    #[arg(long, value_name = "TEXT", conflicts_with = "lines")]
    pub(crate) prefix: Option<String>,
    /// Only in resources of this type; as often as needed
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "lines")]
    pub(crate) types: Vec<String>,
    /// Who
    #[arg(required_unless_present_any = ["all", "lines"], conflicts_with = "lines")]
    pub(crate) identity: Option<String>,
    /// On which resource; without it, wherever anything may be done
    #[arg(conflicts_with = "all")]
    pub(crate) resource: Option<String>,
}

/// `tenure requestable`.
#[derive(Debug, Args)]
pub(crate) struct Requestable {
    /// Tell also of what may not be asked for, and why not
    #[arg(long, conflicts_with = "lines")]
    pub(crate) all: bool,
    /// What is known of the circumstances; as often as needed
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "lines")]
    pub(crate) context: Vec<String>,
    /// Only this entitlement; as often as needed
    #[arg(long, value_name = "ENTITLEMENT", conflicts_with = "lines")]
    pub(crate) entitlement: Vec<String>,
    /// The business event that the request would name
    #[arg(long, value_name = "EVENT", conflicts_with = "lines")]
    pub(crate) event: Option<String>,
    #[command(flatten)]
    pub(crate) lines: Lines,
    /// Who
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    pub(crate) identity: Option<String>,
}

/// `tenure timeline`.
#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// With --permission: what is known of the circumstances; as often as needed
    #[arg(long, value_name = "NAME=VALUE", requires = "permission", conflicts_with = "lines")]
    pub(crate) context: Vec<String>,
    /// Only what counted at this instant or later
    #[arg(long, value_name = "TIME", conflicts_with = "lines")]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) lines: Lines,
    /// Only what gave this permission, while it did
    #[arg(long, value_name = "PERMISSION", conflicts_with = "lines")]
    pub(crate) permission: Option<String>,
    /// With --permission: on which resource
    #[arg(long, value_name = "RESOURCE", requires = "permission", conflicts_with = "lines")]
    pub(crate) resource: Option<String>,
    /// Draw it: an SVG with a row for each source
    #[arg(long, conflicts_with = "lines")]
    pub(crate) svg: bool,
    /// Only what counted before this instant
    #[arg(long, value_name = "TIME", conflicts_with = "lines")]
    pub(crate) until: Option<String>,
    /// Who
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    pub(crate) identity: Option<String>,
}

/// `tenure graph …`.
#[derive(Debug, Subcommand)]
pub(crate) enum Graph {
    /// By which paths an identity has a permission; exits with 4 where it has not
    Path(GraphPath),
    /// All that an entitlement implies, down to permissions
    Entitlement(GraphEntitlement),
    /// All entitlements and what they imply, without permissions
    Roles(GraphRoles),
}

/// In which words a graph is written.
#[derive(Debug, Args)]
pub(crate) struct GraphForm {
    /// In the words of Graphviz, in place of those of Mermaid
    #[arg(long)]
    pub(crate) dot: bool,
}

/// `tenure graph path`.
#[derive(Debug, Args)]
pub(crate) struct GraphPath {
    /// What is known of the circumstances; as often as needed
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) context: Vec<String>,
    #[command(flatten)]
    pub(crate) form: GraphForm,
    /// Who
    pub(crate) identity: String,
    /// Which permission, for example db:write
    pub(crate) permission: String,
    /// On which resource; without it, wherever the permission is had
    pub(crate) resource: Option<String>,
}

/// `tenure graph entitlement`.
#[derive(Debug, Args)]
pub(crate) struct GraphEntitlement {
    #[command(flatten)]
    pub(crate) form: GraphForm,
    /// Which entitlement
    #[arg(value_name = "ENTITLEMENT")]
    pub(crate) id: String,
}

/// `tenure graph roles`.
#[derive(Debug, Args)]
pub(crate) struct GraphRoles {
    #[command(flatten)]
    pub(crate) form: GraphForm,
}

/// `tenure simulate`.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// What to decide, before and after: commands, JSON, one a line; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) commands: Option<String>,
    /// What would have happened: a fact, a list of facts or one fact a line; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<String>,
    /// What to check, before and after: questions, JSON, one a line; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) questions: Option<String>,
    /// The document that would be adopted
    #[arg(long = "with", value_name = "NEW_POLICY")]
    pub(crate) with: Option<PathBuf>,
}

/// `tenure test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The tests, in place of those in the document and in the file beside it, which for acme.yaml is
    /// acme.tests.yaml
    #[arg(long, value_name = "FILE")]
    pub(crate) tests: Option<PathBuf>,
}

/// `tenure adopt`.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// Who adopts it
    #[arg(long, value_name = "IDENTITY")]
    pub(crate) by: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The document that is in force; not needed while none is
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
}

/// `tenure diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The document that is in force
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The document to be compared with it
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

/// `tenure fmt`.
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Change nothing; show what is not in form, and exit with 1 if anything is not
    #[arg(long)]
    pub(crate) check: bool,
    /// The documents, YAML or JSON; - reads standard input and writes standard output, as without any
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<String>,
}

/// `tenure commit`.
#[derive(Debug, Args)]
pub(crate) struct Commit {
    /// A proposal, a decision, a fact, a list of facts or one fact a line; - reads standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: String,
}

/// `tenure reconcile`.
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// Append what it finds to the log
    #[arg(long)]
    pub(crate) commit: bool,
}

/// `tenure log …`.
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Replay every commit; say how many facts there are and what their root is
    Verify(Verify),
}

/// `tenure log verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Look at the first so many facts: the log must have them, and the root is theirs
    #[arg(long, value_name = "COUNT")]
    pub(crate) length: Option<u64>,
    /// The root that is expected, hexadecimal
    #[arg(long, value_name = "HEX")]
    pub(crate) root: Option<String>,
}

/// `tenure schema`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Of what
    #[arg(default_value = "policy")]
    pub(crate) of: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// An answer, as `check --json` prints it
    Answer,
    /// A command to decide
    Command,
    /// A decision, as `decide --json` prints it
    Decision,
    /// An explanation, as `explain --json` prints it
    Explanation,
    /// An entry of the log
    Fact,
    /// The policy document
    Policy,
    /// A question of `check`
    Question,
    /// What `requestable --json` prints
    RequestableAnswer,
    /// A question of `requestable`
    RequestableQuestion,
    /// What `simulate --json` prints
    Simulation,
    /// What `timeline --json` prints
    TimelineAnswer,
    /// A question of `timeline`
    TimelineQuestion,
    /// What `what --json` prints
    WhatAnswer,
    /// A question of `what`
    WhatQuestion,
    /// What `who --json` prints
    WhoAnswer,
    /// A question of `who`
    WhoQuestion,
}

/// Why there is nothing to run.
pub(crate) enum Stop {
    /// Help or the version was asked for: this text.
    Asked(String),
    /// The command line is wrong; whether JSON was asked for.
    Wrong(bool, Failure),
}

/// The arguments of this process.
pub(crate) fn parse() -> Result<Cli, Stop> {
    Cli::try_parse().map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion => Stop::Asked(error.render().to_string()),
        _ => {
            let json = std::env::args_os().any(|arg| arg == "--json");
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
            Stop::Wrong(json, Failure::bad_input("arguments.invalid", text))
        }
    })
}
