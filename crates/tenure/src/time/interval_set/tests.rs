#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use super::*;
use proptest::prelude::*;

/// Instants near the beginning, the middle and the end of time, so that small sets meet at every kind of edge.
fn line() -> impl Iterator<Item = Timestamp> + Clone {
    let near = |from: i64| (from..from + 12).map(|millis| Timestamp::from_millis(millis).unwrap());
    near(Timestamp::MIN.as_millis()).chain(near(0)).chain(near(Timestamp::MAX.as_millis() - 11))
}

fn any_window() -> impl Strategy<Value = Window> {
    let points: Vec<Timestamp> = line().collect();
    let start = 0..points.len() - 1;
    let length = prop_oneof![1..4_usize, 1..points.len()];
    (start, length).prop_map(move |(start, length)| {
        Window::new(points[start], points[(start + length).min(points.len() - 1)]).unwrap()
    })
}

fn any_windows() -> impl Strategy<Value = Vec<Window>> {
    prop::collection::vec(any_window(), 0..8)
}

fn any_set() -> impl Strategy<Value = IntervalSet> {
    any_windows().prop_map(IntervalSet::from_windows)
}

fn is_canonical(set: &IntervalSet) -> bool {
    set.windows().iter().all(|window| window.start() < window.end())
        && set.windows().windows(2).all(|pair| pair[0].end() < pair[1].start())
}

fn window(start: i64, end: i64) -> Window {
    Window::new(Timestamp::from_millis(start).unwrap(), Timestamp::from_millis(end).unwrap()).unwrap()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

#[test]
fn windows_that_touch_become_one() {
    let set = IntervalSet::from_windows([window(5, 6), window(0, 2), window(2, 3), window(1, 2)]);
    assert_eq!(set.windows(), [window(0, 3), window(5, 6)]);
    assert_eq!(set.component(at(2)), Some(window(0, 3)));
    assert_eq!(set.component(at(3)), None);
    assert_eq!(set.next_change_after(at(-1)), Some(at(0)));
    assert_eq!(set.next_change_after(at(0)), Some(at(3)));
    assert_eq!(set.next_change_after(at(2)), Some(at(3)));
    assert_eq!(set.next_change_after(at(3)), Some(at(5)));
    assert_eq!(set.next_change_after(at(6)), None);
}

#[test]
fn never_lies_in_no_set() {
    assert!(!IntervalSet::always().contains(Timestamp::MAX));
    assert!(!IntervalSet::empty().complement().contains(Timestamp::MAX));
    assert_eq!(IntervalSet::always().next_change_after(at(0)), None);
    assert_eq!(IntervalSet::EMPTY.next_change_after(at(0)), None);
    assert_eq!(IntervalSet::from(Window::from(at(0))).next_change_after(at(0)), None);
    assert!(IntervalSet::always().is_always() && !IntervalSet::always().is_empty());
    assert!(IntervalSet::EMPTY.is_empty() && !IntervalSet::EMPTY.is_always());
    assert_eq!(IntervalSet::EMPTY.complement(), IntervalSet::always());
    assert_eq!(IntervalSet::always().complement(), IntervalSet::EMPTY);
    assert_eq!(IntervalSet::default(), IntervalSet::EMPTY);
}

proptest! {
    #[test]
    fn a_set_contains_what_its_windows_contain(windows in any_windows()) {
        let set = IntervalSet::from_windows(windows.clone());
        prop_assert!(is_canonical(&set));
        for t in line() {
            prop_assert_eq!(set.contains(t), windows.iter().any(|window| window.contains(t)));
        }
    }

    #[test]
    fn operations_are_pointwise(a in any_set(), b in any_set()) {
        let (union, both, only, rest) = (a.union(&b), a.intersect(&b), a.difference(&b), a.complement());
        for set in [&union, &both, &only, &rest] {
            prop_assert!(is_canonical(set), "{:?}", set);
        }
        for t in line().filter(|t| !t.is_never()) {
            prop_assert_eq!(union.contains(t), a.contains(t) || b.contains(t));
            prop_assert_eq!(both.contains(t), a.contains(t) && b.contains(t));
            prop_assert_eq!(only.contains(t), a.contains(t) && !b.contains(t));
            prop_assert_eq!(rest.contains(t), !a.contains(t));
        }
    }

    #[test]
    fn the_sets_are_a_boolean_algebra(a in any_set(), b in any_set(), c in any_set()) {
        let (none, all) = (IntervalSet::EMPTY, IntervalSet::always());
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersect(&b), b.intersect(&a));
        prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
        prop_assert_eq!(a.intersect(&b).intersect(&c), a.intersect(&b.intersect(&c)));
        prop_assert_eq!(a.intersect(&b.union(&c)), a.intersect(&b).union(&a.intersect(&c)));
        prop_assert_eq!(a.union(&b.intersect(&c)), a.union(&b).intersect(&a.union(&c)));
        prop_assert_eq!(a.union(&a.intersect(&b)), a.clone());
        prop_assert_eq!(a.union(&none), a.clone());
        prop_assert_eq!(a.intersect(&all), a.clone());
        prop_assert_eq!(a.union(&a.complement()), all);
        prop_assert_eq!(a.intersect(&a.complement()), none);
        prop_assert_eq!(a.complement().complement(), a.clone());
        prop_assert_eq!(a.union(&b).complement(), a.complement().intersect(&b.complement()));
        prop_assert_eq!(a.difference(&b), a.intersect(&b.complement()));
    }

    #[test]
    fn the_component_is_the_longest_window_around_an_instant(set in any_set()) {
        for t in line().filter(|t| !t.is_never()) {
            match set.component(t) {
                None => prop_assert!(!set.contains(t)),
                Some(window) => {
                    prop_assert!(window.contains(t) && set.intersect(&window.into()) == IntervalSet::from(window));
                    prop_assert!(!set.contains(window.end()));
                    let before = window.start().minus(super::super::Span::from_millis(1).unwrap());
                    prop_assert!(before == window.start() || !set.contains(before));
                }
            }
        }
    }

    #[test]
    fn the_next_change_is_the_first(set in any_set()) {
        let points: Vec<Timestamp> = line().collect();
        for (index, t) in points.iter().enumerate().filter(|(_, t)| !t.is_never()) {
            // Sets change only at points of the line.
            let change = points.iter().skip(index + 1).find(|p| !p.is_never() && set.contains(**p) != set.contains(*t));
            prop_assert_eq!(set.next_change_after(*t), change.copied());
        }
    }
}
