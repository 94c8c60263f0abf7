//! The files of the vectors: which there are, and what is in them.

use alloc::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::vector::FORMAT;

/// The name of the file that says how many there are.
pub const INDEX: &str = "index.json";

/// Vectors that say what the pages say and that the engine does not fulfil yet. A test fails as soon as one of them is
/// fulfilled, so that it is struck off; nothing else may fail.
pub const AWAITED: &[&str] = &[];

/// The folder of the vectors.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Every file that the scenarios and tables write, by its path below [`folder`], and its text.
///
/// # Errors
/// What is wrong with a scenario, in words.
pub fn generated() -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    for scenario in crate::scenarios::all() {
        add(&mut files, scenario.path(), scenario.text()?)?;
    }
    for (path, value) in crate::errors::files().into_iter().chain(crate::times::files()) {
        add(&mut files, &path, crate::layout::text(&value))?;
    }
    let index = index(&files)?;
    add(&mut files, INDEX, crate::layout::text(&index))?;
    Ok(files)
}

fn add(files: &mut BTreeMap<String, String>, path: &str, text: String) -> Result<(), String> {
    match files.insert(path.to_owned(), text) {
        Some(_) => Err(format!("{path} is written twice")),
        None => Ok(()),
    }
}

/// How many files, steps and cases each folder has.
fn index(files: &BTreeMap<String, String>) -> Result<Value, String> {
    let mut topics: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (path, text) in files {
        let value: Value = text.parse().map_err(|error| format!("{path}: {error}"))?;
        let (topic, _) = path.split_once('/').ok_or_else(|| format!("{path} lies in no folder"))?;
        let list = value.get("steps").or_else(|| value.get("cases")).and_then(Value::as_array);
        let (files, entries) = topics.entry(topic).or_default();
        *files = files.saturating_add(1);
        *entries = entries.saturating_add(list.map_or(0, Vec::len));
    }
    let is_cases = |topic: &&str| matches!(*topic, "errors" | "time");
    let total = |wanted: bool, of: fn((usize, usize)) -> usize| -> usize {
        topics.iter().filter(|(topic, _)| is_cases(topic) == wanted).map(|(_, counts)| of(*counts)).sum()
    };
    let count = json!({
        "cases": total(true, |(_, entries)| entries),
        "files": total(true, |(files, _)| files).saturating_add(total(false, |(files, _)| files)),
        "steps": total(false, |(_, entries)| entries),
    });
    let topics: BTreeMap<&str, Value> = topics
        .iter()
        .map(|(topic, (files, entries))| {
            let word = if is_cases(topic) { "cases" } else { "steps" };
            (*topic, json!({"files": files, word: entries}))
        })
        .collect();
    Ok(json!({"count": count, "format": FORMAT, "topics": topics}))
}

/// Every JSON file that lies in [`folder`], by its path below it, and its text.
///
/// # Errors
/// What cannot be read.
pub fn stored() -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    let folder = folder();
    for topic in entries(&folder)? {
        if topic.is_file() {
            store(&folder, &topic, &mut files)?;
        } else {
            for path in entries(&topic)? {
                store(&folder, &path, &mut files)?;
            }
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error| format!("{}: {error}", folder.display());
    let paths: Result<Vec<PathBuf>, _> =
        fs::read_dir(folder).map_err(wrong)?.map(|entry| entry.map(|entry| entry.path())).collect();
    paths.map_err(wrong)
}

fn store(folder: &Path, path: &Path, files: &mut BTreeMap<String, String>) -> Result<(), String> {
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(());
    }
    let below = path.strip_prefix(folder).unwrap_or(path);
    // With `/` on every platform.
    let name: Vec<_> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    files.insert(name.join("/"), text);
    Ok(())
}

/// Makes the folder what the scenarios say; answers what was written or removed.
///
/// # Errors
/// What is wrong with a scenario, or cannot be written.
pub fn write() -> Result<Vec<String>, String> {
    let folder = folder();
    let wanted = generated()?;
    let there = stored()?;
    let mut changed = Vec::new();
    for (path, text) in &wanted {
        if there.get(path) == Some(text) {
            continue;
        }
        let file = folder.join(path);
        let above = file.parent().unwrap_or(&folder);
        fs::create_dir_all(above)
            .and_then(|()| fs::write(&file, text))
            .map_err(|e| format!("{path}: {e}"))?;
        changed.push(path.clone());
    }
    for path in there.keys().filter(|path| !wanted.contains_key(*path)) {
        fs::remove_file(folder.join(path)).map_err(|e| format!("{path}: {e}"))?;
        changed.push(path.clone());
    }
    Ok(changed)
}
