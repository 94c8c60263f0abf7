//! A line in the words of canonical JSON says the same to every reader. Whether it is one can be seen by one look
//! at its bytes, without keeping anything of it; any other line has to be read strictly.

use tenure::document::Limits;

/// A whole number of so many digits is within ±(2^53 − 1).
const SAFE_DIGITS: usize = 15;

/// Whether `line`, which is known to be JSON, has no key twice in a map, no number but whole ones that every reader
/// keeps exactly, and stays within `limits`. The answer `false` only means that one look does not tell.
pub(crate) fn is_plain(line: &[u8], limits: &Limits) -> bool {
    // A value and what parts it from the next have at least two bytes.
    if line.len() > limits.bytes() || line.len().div_euclid(2) >= limits.nodes() {
        return false;
    }
    let mut rest = line;
    // The last key of each map that is open; of a list nothing.
    let mut open: Vec<&[u8]> = Vec::new();
    loop {
        rest = match rest {
            [] => return true,
            [b'"', behind @ ..] => {
                let Some((text, behind)) = quoted(behind) else { return false };
                match (behind, open.last_mut()) {
                    // Canonical keys rise, so that none can stand twice; with an escape one could be written otherwise.
                    ([b':', behind @ ..], Some(last)) if text > *last && !text.contains(&b'\\') => {
                        *last = text;
                        behind
                    }
                    ([b':', ..], _) => return false,
                    _ => behind,
                }
            }
            [b'{' | b'[', behind @ ..] if open.len().saturating_add(1) < limits.depth() => {
                open.push(&[]);
                behind
            }
            [b'}' | b']', behind @ ..] => {
                open.pop();
                behind
            }
            [b'-', behind @ ..] | [b',', behind @ ..] => behind,
            [b'0'..=b'9', ..] => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                match rest.get(digits..) {
                    Some([b',' | b'}' | b']', ..]) if digits <= SAFE_DIGITS => {
                        rest.get(digits..).unwrap_or_default()
                    }
                    _ => return false,
                }
            }
            [b't', b'r', b'u', b'e', behind @ ..] | [b'f', b'a', b'l', b's', b'e', behind @ ..] => behind,
            // Blanks, `null`, and whatever is deeper: all of it can be said, but not so.
            _ => return false,
        }
    }
}

/// A text as it is written, of which the opening quote was taken, and what stands behind it.
fn quoted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end: usize = 0;
    loop {
        match bytes.get(end)? {
            b'"' => break,
            b'\\' => end = end.checked_add(2)?,
            _ => end = end.checked_add(1)?,
        }
    }
    let (text, rest) = bytes.split_at_checked(end)?;
    Some((text, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenure::document;

    const LIMITS: Limits = Limits::policy().with_depth(4).with_nodes(40);

    #[test]
    fn what_is_plain_is_read_strictly_too() {
        let keys = ["", "a", "b", r"\u0061", r#"\""#];
        let values = [
            "7",
            "-7",
            "-0",
            "999999999999999",
            "9007199254740991",
            "9007199254740992",
            "-9007199254740992",
            "123456789012345678901234567890",
            "1.5",
            "1e3",
            "1E3",
            "null",
            "true",
            "false",
            r#""""#,
            r#""a\"b""#,
            r#""\\""#,
            "[]",
            "{}",
            "[[[]]]",
            "[[[[]]]]",
            r#"{"a":1,"a":1}"#,
            r#"[{"a":1},{"a":1}]"#,
            "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]",
        ];
        let (mut plain, mut strict) = (0, 0);
        for (one, other) in keys.iter().flat_map(|one| keys.iter().map(move |other| (one, other))) {
            for (first, second) in values.iter().flat_map(|one| values.iter().map(move |other| (one, other)))
            {
                for text in [
                    format!("{{\"{one}\":{first},\"{other}\":{second}}}"),
                    format!("[{first},{{\"{one}\":{second}}}]"),
                    format!("{{\"{one}\": {first}}}"),
                ] {
                    let read = document::json(&text, &LIMITS);
                    strict += usize::from(read.is_ok());
                    if is_plain(text.as_bytes(), &LIMITS) {
                        plain += 1;
                        assert!(read.is_ok(), "{text}: {read:?}");
                    }
                }
            }
        }
        assert!(plain > 1000 && plain < strict, "{plain} of {strict}");
    }

    #[test]
    fn what_tenure_writes_is_plain() {
        let written = [
            r#"{"facts":[{"body":{"id":"pager"},"effective_at":"2026-03-02T09:00:00Z","v":1}],"pos":0}"#,
            r#"{"facts":[{"body":{"list":["a\"b","é",true,-1,[],{}]},"v":1},{"v":1}],"pos":123456789012345}"#,
        ];
        for line in written {
            assert!(is_plain(line.as_bytes(), &crate::input::limits()), "{line}");
        }
    }
}
