//! What somebody held, holds and will hold, drawn on an axis of time: a row for each source, a bar for each time at
//! which it counts, and a line where now is. SVG without scripts, fonts or anything from elsewhere.

use core::fmt::Write as _;

use tenure::check::SourceKind;
use tenure::query::{Stay, Tenure, Tenures};
use tenure::time::{Timestamp, Window};

use super::axis::Axis;

const ROW: i64 = 22;
const TOP: i64 = 84;
const MARGIN: i64 = 16;
/// The width of a letter at the size of the labels; the fonts are those whose letters are all as wide.
const LETTER: i64 = 7;
/// The most letters of a label; the whole of it is in the tooltip.
const LETTERS: usize = 46;
const PLOT: i64 = 760;
const DASHES: &str = " stroke-dasharray=\"4 3\"";
const HOUR: i64 = 3_600_000;

/// How a bar looks, and what that means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Standing,
    Active,
    Ended,
    Scheduled,
}

const LOOKS: [(Look, &str, &str, &str); 4] = [
    (Look::Standing, "standing", "#a9c7f0", "#2b5fa8"),
    (Look::Active, "active", "#9ed8b0", "#2e7d46"),
    (Look::Ended, "ended", "#d5dade", "#7b868f"),
    (Look::Scheduled, "scheduled", "#ffe3a3", "#a06a00"),
];

/// The picture; `within` is what to show of time, as far as somebody asked.
pub(crate) fn svg(tenures: &Tenures, within: (Option<Timestamp>, Option<Timestamp>)) -> String {
    let labels: Vec<(String, String)> = tenures.sources.iter().map(label).collect();
    let widest = |of: fn(&(String, String)) -> &String| {
        let most = labels.iter().map(|label| of(label).chars().count()).max().unwrap_or_default();
        i64::try_from(most.min(LETTERS)).unwrap_or_default().saturating_mul(LETTER)
    };
    let second = MARGIN.saturating_add(widest(|label| &label.0).max(80)).saturating_add(14);
    let left = second.saturating_add(widest(|label| &label.1).max(80)).saturating_add(18);
    let axis = Axis::new(shown(tenures, within), left, PLOT);
    let rows = i64::try_from(labels.len().max(1)).unwrap_or(i64::MAX);
    let bottom = TOP.saturating_add(rows.saturating_mul(ROW));
    let (width, height) = (axis.right().saturating_add(MARGIN), bottom.saturating_add(28));

    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" role=\"img\" font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"11.5\">"
    );
    let whose = escaped(tenures.identity.as_str());
    let _ = writeln!(out, "<title>What {whose} held, holds and will hold, seen from {}</title>", tenures.at);
    let _ = writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
    let _ = writeln!(
        out,
        "<text x=\"{MARGIN}\" y=\"28\" font-size=\"15\" font-weight=\"bold\" fill=\"#1b1f23\">{whose}</text>"
    );
    legend(&mut out, width);
    marks(&mut out, &axis, bottom);
    for ((n, source), (what, by)) in (0_i64..).zip(&tenures.sources).zip(&labels) {
        let y = TOP.saturating_add(n.saturating_mul(ROW));
        if n.checked_rem(2) == Some(0) {
            let (x, width) = (MARGIN.saturating_sub(6), width.saturating_sub(MARGIN.saturating_mul(2)));
            let width = width.saturating_add(12);
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{ROW}\" fill=\"#5b6770\" fill-opacity=\"0.06\"/>"
            );
        }
        let base = y.saturating_add(15);
        let _ = writeln!(out, "<g><title>{}</title>", escaped(&format!("{what}, {by}, {}", source.state)));
        let _ = writeln!(out, "<text x=\"{MARGIN}\" y=\"{base}\" fill=\"#1b1f23\">{}</text>", short(what));
        let _ = writeln!(out, "<text x=\"{second}\" y=\"{base}\" fill=\"#5b6770\">{}</text></g>", short(by));
        bars(&mut out, &axis, source, y, tenures.at);
    }
    if tenures.sources.is_empty() {
        let _ = writeln!(
            out,
            "<text x=\"{MARGIN}\" y=\"{}\" fill=\"#5b6770\">nothing in this time</text>",
            TOP.saturating_add(15)
        );
    }
    now(&mut out, &axis, tenures.at, bottom);
    out.push_str("</svg>\n");
    out
}

/// What is held, and by what.
fn label(source: &Tenure) -> (String, String) {
    let within = source.scope.as_ref().map(|scope| format!(" in {scope}")).unwrap_or_default();
    (format!("{}{within}", source.entitlement), format!("{} {}", source.source.words(), source.id))
}

/// The time to show: what is asked for, or all that begins or ends, with some room around.
fn shown(tenures: &Tenures, (from, until): (Option<Timestamp>, Option<Timestamp>)) -> Window {
    let stays = tenures.sources.iter().flat_map(|source| &source.windows);
    let mut known: Vec<Timestamp> = stays.flat_map(|stay| [stay.start, stay.end]).flatten().collect();
    known.push(tenures.at);
    let first = known.iter().min().copied().unwrap_or(tenures.at);
    let last = known.iter().max().copied().unwrap_or(tenures.at);
    let length = last.as_millis().saturating_sub(first.as_millis());
    // A twentieth on either side, and never less than an hour.
    let room = length.checked_div(20).unwrap_or_default().max(HOUR);
    let before = Timestamp::saturating_from_millis(first.as_millis().saturating_sub(room));
    let after = Timestamp::saturating_from_millis(last.as_millis().saturating_add(room));
    let (start, end) = (from.unwrap_or(before), until.unwrap_or(after));
    let least = Timestamp::saturating_from_millis(start.as_millis().saturating_add(60_000));
    Window::new(start, end.max(least)).unwrap_or(Window::ALWAYS)
}

fn legend(out: &mut String, width: i64) {
    let mut x = width.saturating_sub(MARGIN);
    let all = LOOKS.map(|(_, word, fill, stroke)| (word, fill, stroke, ""));
    let conditional = ("on a condition", "none", "#5b6770", DASHES);
    for (word, fill, stroke, dashes) in all.into_iter().chain([conditional]).rev() {
        let text = x.saturating_sub(letters(word));
        let box_at = text.saturating_sub(24);
        let _ = writeln!(
            out,
            "<rect x=\"{box_at}\" y=\"19\" width=\"18\" height=\"11\" fill=\"{fill}\" stroke=\"{stroke}\"{dashes}/><text \
             x=\"{text}\" y=\"28\" fill=\"#1b1f23\">{word}</text>"
        );
        x = box_at.saturating_sub(16);
    }
}

/// The marks of the axis, each with a line down to the last row.
fn marks(out: &mut String, axis: &Axis, bottom: i64) {
    let (times, dates, top) = (TOP.saturating_sub(24), TOP.saturating_sub(10), TOP.saturating_sub(4));
    for tick in axis.ticks(8) {
        let x = axis.x(tick.at);
        let _ = writeln!(out, "<path d=\"M{x} {top}V{bottom}\" stroke=\"#d5dade\"/>");
        // What stands at the border is not centred, or it would be cut off.
        let anchor = |text: &str| {
            let overflows = x.saturating_add(letters(text).saturating_div(2)) > axis.right();
            if overflows { "end" } else { "middle" }
        };
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{times}\" text-anchor=\"{}\" fill=\"#3c454c\">{}</text>",
            anchor(&tick.label),
            tick.label
        );
        if let Some(date) = tick.date {
            let anchor = anchor(&date);
            let _ = writeln!(
                out,
                "<text x=\"{x}\" y=\"{dates}\" text-anchor=\"{anchor}\" fill=\"#7b868f\">{date}</text>"
            );
        }
    }
}

/// A line through all rows, with its instant beneath them, where no mark is.
fn now(out: &mut String, axis: &Axis, at: Timestamp, bottom: i64) {
    let (x, top) = (axis.x(at), TOP.saturating_sub(4));
    let (end, text) = (bottom.saturating_add(5), bottom.saturating_add(18));
    let label = format!("now {at}");
    let half = letters(&label).saturating_div(2);
    let anchor = if x.saturating_add(half) > axis.right() { "end" } else { "middle" };
    let _ = writeln!(out, "<path d=\"M{x} {top}V{end}\" stroke=\"#c62828\" stroke-width=\"1.5\"/>");
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{text}\" text-anchor=\"{anchor}\" fill=\"#c62828\">{label}</text>"
    );
}

/// The bars of a row, and what ends each where there is room to say it.
fn bars(out: &mut String, axis: &Axis, source: &Tenure, y: i64, at: Timestamp) {
    if source.windows.is_empty() {
        let (x, y) = (axis.x(Timestamp::MIN).saturating_add(6), y.saturating_add(15));
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" fill=\"#7b868f\">never counts ({})</text>",
            source.state
        );
        return;
    }
    for (n, stay) in source.windows.iter().enumerate() {
        let (start, end) = (stay.start.unwrap_or(Timestamp::MIN), stay.end.unwrap_or(Timestamp::MAX));
        let look = look(source.source, start, end, at);
        let Some((_, word, fill, stroke)) = LOOKS.iter().find(|(known, ..)| *known == look) else { continue };
        let (x, right) = (axis.x(start), axis.x(end));
        // However short, it can be seen.
        let width = right.saturating_sub(x).max(3);
        let dashes = if source.conditions.is_none() { "" } else { DASHES };
        let (top, base) = (y.saturating_add(4), y.saturating_add(15));
        let told = escaped(&format!("{word}: {}", words(source, stay)));
        let _ = writeln!(
            out,
            "<g><title>{told}</title><rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"14\" rx=\"2\" \
             fill=\"{fill}\" stroke=\"{stroke}\"{dashes}/>"
        );
        let cause = stay.cause.filter(|_| axis.shows(end));
        let bar = (x, x.saturating_add(width));
        let taken = (axis.x(at), neighbours(axis, source, n));
        if let Some((cause, (at, anchor, fill))) =
            cause.and_then(|c| Some((c, beside(bar, letters(c), taken)?)))
        {
            let _ = writeln!(
                out,
                "<text x=\"{at}\" y=\"{base}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{}</text>",
                escaped(cause)
            );
        }
        out.push_str("</g>\n");
    }
}

/// How far it is to the bars before and behind, or to the borders.
fn neighbours(axis: &Axis, source: &Tenure, n: usize) -> (i64, i64) {
    let before = n.checked_sub(1).and_then(|n| source.windows.get(n)).and_then(|stay| stay.end);
    let behind = source.windows.get(n.saturating_add(1)).and_then(|stay| stay.start);
    (axis.x(before.unwrap_or(Timestamp::MIN)), axis.x(behind.unwrap_or(Timestamp::MAX)))
}

/// Where a text so wide stands that belongs to the end of a bar: within it, behind it or before it, wherever it meets
/// neither the line of now nor another bar; nowhere if there is no such place.
fn beside(
    (left, right): (i64, i64),
    wide: i64,
    (now, (before, behind)): (i64, (i64, i64)),
) -> Option<(i64, &'static str, &'static str)> {
    const GAP: i64 = 4;
    let (dark, pale) = ("#1b1f23", "#5b6770");
    let meets_now =
        |from: i64| (from.saturating_sub(GAP)..=from.saturating_add(wide).saturating_add(GAP)).contains(&now);
    let within = right.saturating_sub(GAP).saturating_sub(wide);
    if within >= left.saturating_add(GAP) {
        if !meets_now(within) {
            return Some((right.saturating_sub(GAP), "end", dark));
        }
        let first = left.saturating_add(GAP);
        return (!meets_now(first)).then_some((first, "start", dark));
    }
    let next = right.saturating_add(GAP);
    if next.saturating_add(wide).saturating_add(GAP) <= behind && !meets_now(next) {
        return Some((next, "start", pale));
    }
    let last = left.saturating_sub(GAP);
    let first = last.saturating_sub(wide);
    (first >= before.saturating_add(GAP) && !meets_now(first)).then_some((last, "end", pale))
}

/// How wide a text is.
fn letters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or_default().saturating_mul(LETTER)
}

fn look(source: SourceKind, start: Timestamp, end: Timestamp, at: Timestamp) -> Look {
    if end <= at {
        Look::Ended
    } else if start > at {
        Look::Scheduled
    } else if source == SourceKind::Grant {
        Look::Active
    } else {
        Look::Standing
    }
}

/// All of it, for who points at it.
fn words(source: &Tenure, stay: &Stay) -> String {
    let (what, by) = label(source);
    let conditions: Vec<&str> = source.conditions.iter().map(AsRef::as_ref).collect();
    let only =
        if conditions.is_empty() { String::new() } else { format!(", while {}", conditions.join(", ")) };
    format!("{what}, {by}, {stay}{only}")
}

/// The beginning of a label that is too long.
fn short(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        return escaped(text);
    }
    let kept: String = text.chars().take(LETTERS.saturating_sub(1)).collect();
    escaped(&(kept + "…"))
}

/// A text between two tags.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if char.is_control() => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "proptest hides from clippy that this is a test; it fails by panicking"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_beside_a_bar_meets_neither_now_nor_another_bar(
            before in 0i64..200, gap in 0i64..200, width in 3i64..300, room in 0i64..300, wide in 7i64..200, now in 0i64..900,
        ) {
            let left = before + gap;
            let right = left + width;
            let behind = right + room;
            if let Some((at, anchor, _)) = beside((left, right), wide, (now, (before, behind))) {
                let from = if anchor == "end" { at - wide } else { at };
                prop_assert!(!(from..=from + wide).contains(&now));
                prop_assert!(from > before && from + wide < behind.max(right));
                prop_assert!(from >= left && from + wide <= right || from >= right || from + wide <= left);
            }
        }
    }

    #[test]
    fn names_cannot_say_anything_in_the_picture() {
        assert_eq!(escaped("<a href=\"x\">&\n"), "&lt;a href=&quot;x&quot;&gt;&amp; ");
        assert_eq!(short(&"x".repeat(100)).chars().count(), LETTERS);
    }
}
