//! The README does what it says: its files are written, its commands are run in order, and each prints what
//! stands under it.

use std::process::{Command, Stdio};

use super::world::World;

const README: &str = include_str!("../../README.md");

/// A fenced block: the words behind the fence, and its lines.
fn blocks() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut blocks = Vec::new();
    let mut lines = README.lines();
    while let Some(line) = lines.next() {
        if let Some(words) = line.strip_prefix("```") {
            blocks.push((words, lines.by_ref().take_while(|line| *line != "```").collect()));
        }
    }
    blocks
}

/// What `sh` makes of the line, both streams, and how it ended.
fn run(world: &World, line: &str) -> String {
    let script = format!("tenure() {{ '{}' \"$@\"; }}; {line}", env!("CARGO_BIN_EXE_tenure"));
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{{ {script}\n}} 2>&1")]).current_dir(world.path("")).stdin(Stdio::null());
    let output = command.output().unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => {}
        code => text.push_str(&format!("(exit {})\n", code.unwrap_or(-1))),
    }
    text
}

#[test]
fn the_readme_is_true() {
    let world = World::new();
    let (mut ran, mut written) = (0, 0);
    let mut played = String::new();
    let mut stands = String::new();
    for (words, lines) in blocks() {
        if let Some((_, name)) = words.split_once(' ') {
            world.write(name, lines.join("\n") + "\n");
            written += 1;
        } else if words == "console" {
            stands.push_str(&(lines.join("\n") + "\n"));
            for line in lines.iter().filter_map(|line| line.strip_prefix("$ ")) {
                played.push_str(&format!("$ {line}\n{}", run(&world, line)));
                ran += 1;
            }
        }
    }
    assert_eq!(played, stands);
    assert!(ran >= 10 && written >= 2, "{ran} commands, {written} files");
}
