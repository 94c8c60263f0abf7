//! How a vector is written: keys in alphabetical order, what fits on a line on one line, so that a change of a
//! meaning is a change of few lines.

use serde_json::Value;

/// The longest line.
const WIDTH: usize = 110;

/// Deeper than any vector.
const MAX_DEPTH: usize = 64;

/// The text of a file.
pub(crate) fn text(value: &Value) -> String {
    let mut out = String::new();
    put(value, 0, 0, MAX_DEPTH, &mut out);
    out.push('\n');
    out
}

/// Writes `value` behind `column` characters of its line; deeper than `depth` everything stands on one line.
fn put(value: &Value, indent: usize, column: usize, depth: usize, out: &mut String) {
    let line = one_line(value);
    let (Some(depth), false) = (depth.checked_sub(1), column.saturating_add(line.len()) < WIDTH) else {
        out.push_str(&line);
        return;
    };
    let inner = indent.saturating_add(2);
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('{');
            for (n, (key, value)) in map.iter().enumerate() {
                new_line(n, inner, out);
                let key = format!("{}: ", Value::from(key.as_str()));
                out.push_str(&key);
                // One more for the comma.
                put(value, inner, inner.saturating_add(key.len()).saturating_add(1), depth, out);
            }
            new_line(0, indent, out);
            out.push('}');
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('[');
            for (n, value) in list.iter().enumerate() {
                new_line(n, inner, out);
                put(value, inner, inner.saturating_add(1), depth, out);
            }
            new_line(0, indent, out);
            out.push(']');
        }
        _ => out.push_str(&line),
    }
}

fn new_line(n: usize, indent: usize, out: &mut String) {
    out.push_str(if n > 0 { ",\n" } else { "\n" });
    out.push_str(&" ".repeat(indent));
}

/// The value with a space behind each colon and comma.
fn one_line(value: &Value) -> String {
    let mut out = String::new();
    let mut text = false;
    let mut escaped = false;
    for char in value.to_string().chars() {
        out.push(char);
        text ^= char == '"' && !escaped;
        escaped = char == '\\' && !escaped;
        if !text && matches!(char, ':' | ',') {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn what_fits_stands_on_one_line_and_reads_back_the_same() {
        let value = json!({"b": "a, \"b\": c\\", "a": [1, {"x": []}]});
        assert_eq!(super::text(&value), "{\"a\": [1, {\"x\": []}], \"b\": \"a, \\\"b\\\": c\\\\\"}\n");
        let long = json!({"list": ["x".repeat(60), "y".repeat(60)], "map": {}});
        let text = super::text(&long);
        assert_eq!(text.lines().count(), 7, "{text}");
        assert_eq!(text.parse::<serde_json::Value>().unwrap(), long);
    }
}
