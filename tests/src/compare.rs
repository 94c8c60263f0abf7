//! What is expected may be partial: a map asks for its own keys only. A list is complete and in order.

use serde_json::Value;
use tenure::time::Timestamp;

/// Deeper than any answer.
const MAX_DEPTH: usize = 64;

/// The first place at which `got` is not what was expected, and both values there; none if it is.
///
/// In a map `null` asks for a key to be absent. `holds` at the top is the widest window that would be true: an
/// answer may say less, but its window contains `now`. What stands at one of the pointers of
/// `silent` is not compared: the implementation does not speak of it.
pub fn difference(expected: &Value, got: &Value, silent: &[&str], now: Timestamp) -> Option<String> {
    let mut pointer = String::new();
    below(expected, got, silent, now, &mut pointer, MAX_DEPTH)
}

fn below(
    expected: &Value,
    got: &Value,
    silent: &[&str],
    now: Timestamp,
    pointer: &mut String,
    depth: usize,
) -> Option<String> {
    let differs = |pointer: &str| Some(format!("at `{pointer}`: expected {expected}, got {got}"));
    if silent.contains(&pointer.as_str()) {
        return None;
    }
    let Some(depth) = depth.checked_sub(1) else { return differs(pointer) };
    if pointer == "/holds" {
        return if holds_no_more(expected, got, now) { None } else { differs(pointer) };
    }
    let above = pointer.len();
    match (expected, got) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (key, wanted) in wanted {
                pointer.push('/');
                pointer.push_str(key);
                let difference = match (wanted, found.get(key)) {
                    (Value::Null, None) => None,
                    (_, None) if silent.contains(&pointer.as_str()) => None,
                    (_, None) => Some(format!("at `{pointer}`: expected {wanted}, got nothing")),
                    (_, Some(found)) => below(wanted, found, silent, now, pointer, depth),
                };
                if difference.is_some() {
                    return difference;
                }
                pointer.truncate(above);
            }
            None
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            for (n, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                pointer.push('/');
                pointer.push_str(&n.to_string());
                let difference = below(wanted, found, silent, now, pointer, depth);
                if difference.is_some() {
                    return difference;
                }
                pointer.truncate(above);
            }
            None
        }
        _ if expected == got => None,
        _ => differs(pointer),
    }
}

/// Whether a window of validity says no more than is true, and contains `now`.
fn holds_no_more(truth: &Value, said: &Value, now: Timestamp) -> bool {
    let instant = |value: Option<&Value>, other: Timestamp| match value.map(Value::as_str) {
        None => Some(other),
        Some(text) => text?.parse().ok(),
    };
    let limits = |window: &Value| -> Option<(Timestamp, Timestamp)> {
        let from = instant(window.get("from"), Timestamp::MIN)?;
        Some((from, instant(window.get("until"), Timestamp::MAX)?))
    };
    let (Some((first, last)), Some((from, until))) = (limits(truth), limits(said)) else { return false };
    first <= from && from <= now && now < until && until <= last
}

#[cfg(test)]
mod tests {
    use super::difference;
    use serde_json::{Value, json};

    fn differs(expected: Value, got: Value) -> Option<String> {
        difference(&expected, &got, &["/log"], "2026-03-02T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn maps_ask_for_their_own_keys_and_lists_for_all_items() {
        let got = json!({"verdict": "deny", "reasons": [{"code": "a", "level": "error"}, {"code": "b"}]});
        assert_eq!(differs(json!({}), got.clone()), None);
        assert_eq!(differs(json!({"reasons": [{"code": "a"}, {"code": "b"}]}), got.clone()), None);
        for wrong in [
            json!({"reasons": [{"code": "a"}]}),
            json!({"reasons": [{"code": "b"}, {"code": "a"}]}),
            json!({"reasons": []}),
            json!({"verdict": "permit"}),
            json!({"verdict": ["deny"]}),
            json!({"grants": []}),
            json!({"verdict": null}),
        ] {
            assert!(differs(wrong.clone(), got.clone()).is_some(), "{wrong}");
        }
        let message = differs(json!({"reasons": [{"code": "a"}, {"code": "c"}]}), got);
        assert_eq!(message.as_deref(), Some("at `/reasons/1/code`: expected \"c\", got \"b\""));
    }

    #[test]
    fn null_asks_for_absence_and_silence_is_not_compared() {
        assert_eq!(differs(json!({"until": null}), json!({})), None);
        assert!(differs(json!({"until": null}), json!({"until": "x"})).is_some());
        assert_eq!(differs(json!({"log": {"length": 1}}), json!({})), None);
    }

    #[test]
    fn a_window_of_validity_may_say_less_but_not_more() {
        let answer = |from: &str, until: &str| json!({"holds": {"from": from, "until": until}});
        let truth = json!({"holds": {"from": "2026-03-02T08:00:00Z"}});
        let says = |from, until| differs(truth.clone(), answer(from, until));
        assert_eq!(says("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"), None);
        assert_eq!(says("2026-03-02T09:00:00Z", "2026-03-02T09:00:00.001Z"), None);
        assert!(says("2026-03-02T07:59:59.999Z", "2026-03-02T10:00:00Z").is_some());
        assert!(says("2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z").is_some());
        let open = json!({"holds": {}});
        assert!(differs(truth, open).is_some());
    }
}
