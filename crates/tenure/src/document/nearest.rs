//! An unknown word comes back with the word that was probably meant.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

/// Words longer than this are not compared.
const LONGEST: usize = 64;

/// The candidate that `word` was probably meant to be, if one is near: it differs by at most a third of the
/// word's characters (at least 1, at most 4), where two neighbours that changed places count as one difference
/// and neither case nor `-` for `_` counts. Of two equally near candidates the first is taken.
///
/// ```
/// use tenure::document::nearest;
///
/// assert_eq!(nearest("maxx", ["min", "max"]), Some("max"));
/// assert_eq!(nearest("on-loss", ["on_loss", "on_less"]), Some("on_loss"));
/// assert_eq!(nearest("colour", ["min", "max"]), None);
/// ```
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = folded(word)?;
    let most = word.len().div_euclid(3).clamp(1, 4);
    let mut best: Option<(usize, &'c str)> = None;
    for candidate in candidates {
        let Some(letters) = folded(candidate) else { continue };
        // A word of one letter is not "near" every other word of one letter.
        let most = most.min(letters.len().saturating_sub(1));
        if word.len().abs_diff(letters.len()) > most {
            continue;
        }
        let distance = distance(&word, &letters);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `list of words` for a message: each in backticks, separated by commas.
pub(super) fn quoted_list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let mut list = String::new();
    for word in words {
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push('`');
        list.push_str(word);
        list.push('`');
    }
    list
}

fn folded(word: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = word
        .chars()
        .take(LONGEST.saturating_add(1))
        .map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() })
        .collect();
    (!letters.is_empty() && letters.len() <= LONGEST).then_some(letters)
}

/// How many insertions, removals, replacements and swaps of neighbours turn `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    // Row i holds the distances between the first i letters of `a` and every beginning of `b`.
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (i, &in_a) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = i.saturating_add(1);
        next.push(left);
        let mut last_b = None;
        for (j, &in_b) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
            let replaced = at(&row, j).saturating_add(usize::from(in_a != in_b));
            let inserted = left.saturating_add(1);
            let removed = at(&row, j.saturating_add(1)).saturating_add(1);
            left = replaced.min(inserted).min(removed);
            if last_a == Some(in_b) && last_b == Some(in_a) {
                left = left.min(at(&before, j.saturating_sub(1)).saturating_add(1));
            }
            next.push(left);
            last_b = Some(in_b);
        }
        last_a = Some(in_a);
        before = mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: &str, b: &str) -> usize {
        distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
    }

    #[test]
    fn distances_are_those_of_the_books() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("ab", "ba", 1),
            ("duartion", "duration", 1),
            ("ca", "abc", 3),
        ] {
            assert_eq!(between(a, b), expected, "{a} {b}");
            assert_eq!(between(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn ties_go_to_the_first_and_far_words_to_none() {
        assert_eq!(nearest("mix", ["min", "max"]), Some("min"));
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("", ["b"]), None);
        assert_eq!(nearest("eligibilty", ["standing", "eligibility"]), Some("eligibility"));
        assert_eq!(nearest("MAX", ["min", "max"]), Some("max"));
        assert_eq!(nearest(&"x".repeat(65), ["y"]), None);
    }
}
