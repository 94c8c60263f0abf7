//! What a decision says, as plain values, and when two of them say the same.

use alloc::collections::BTreeMap;

use tenure::decide::{Bound, GrantView, Level, Obligation, Reason, Verdict};
use tenure::fact::{Body, Fact};
use tenure::id::{FactId, IdentityId, RequestId};
use tenure::model::Value;
use tenure::time::{Span, Timestamp};

use crate::judge::joined;

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it may be done.
    pub verdict: Verdict,
    /// What it gives, extends or ends.
    pub grants: Vec<GrantView>,
    /// Errors if denied, warnings otherwise; by code, then item.
    pub reasons: Vec<Reason>,
    /// Every limit on every item that got so far as to be limited, by item, end, kind and source.
    pub bounds: Vec<Bound>,
    /// What is owed first, in order.
    pub obligations: Vec<Obligation>,
    /// What it would record, the adoption of the policy apart.
    pub facts: Vec<Fact>,
    /// When it was decided.
    pub at: Timestamp,
    /// The instant from which what counts from now counts: the start, or `at` where nothing starts.
    pub anchor: Timestamp,
}

impl Outcome {
    /// Whether the verdict is a permit.
    pub fn is_permit(&self) -> bool {
        self.verdict == Verdict::Permit
    }

    /// A permit that gives and records nothing.
    pub(crate) const fn permit(at: Timestamp) -> Self {
        Self {
            verdict: Verdict::Permit,
            grants: Vec::new(),
            reasons: Vec::new(),
            bounds: Vec::new(),
            obligations: Vec::new(),
            facts: Vec::new(),
            at,
            anchor: at,
        }
    }

    /// A denial for one reason.
    pub(crate) fn deny(at: Timestamp, reason: Reason) -> Self {
        Self { verdict: Verdict::Deny, reasons: vec![reason], ..Self::permit(at) }
    }

    /// The facts that the bodies make, in order, named after the command; those that end something also after what
    /// ends and when.
    pub(crate) fn record(&mut self, command: &RequestId, by: Option<&IdentityId>, bodies: Vec<Body>) {
        for (n, body) in bodies.into_iter().enumerate() {
            let at = self.at.as_millis();
            let id = match &body {
                Body::GrantEnded(end) | Body::GrantRevoked(end) | Body::GrantVoided(end) => {
                    format!("{command}/{}/{at}", end.id)
                }
                Body::RequestWithdrawn(end) => format!("{command}/{}/{at}", end.id),
                _ => format!("{command}/{n}"),
            };
            if let Ok(id) = FactId::new(id) {
                self.facts.push(Fact { by: by.cloned(), ..Fact::new(id, self.at, body) });
            }
        }
    }

    /// Whether two decisions on one command, on one log, are the same answer: the same verdict, selection and
    /// reasons, and the same ends but for those that count from now and move with it.
    pub fn is_same_answer(&self, other: &Self) -> bool {
        self.verdict == other.verdict
            && self.reasons.len() == other.reasons.len()
            && self.reasons.iter().zip(&other.reasons).all(|(a, b)| self.same_reason(a, other, b))
            && self.same_bounds(other)
            && self.obligations == other.obligations
            && self.grants.len() == other.grants.len()
            && self.grants.iter().zip(&other.grants).all(|(a, b)| self.same_grant(a, other, b))
    }

    fn same_reason(&self, a: &Reason, other: &Self, b: &Reason) -> bool {
        let same_value = |(name, x): (&String, &Value)| {
            b.params.get(name).is_some_and(|y| x == y || self.same_param(x, other, y))
        };
        (a.code, a.item, a.level, a.params.len()) == (b.code, b.item, b.level, b.params.len())
            && a.params.iter().all(same_value)
    }

    /// An instant that moves, or a span that ends at the same instant.
    fn same_param(&self, a: &Value, other: &Self, b: &Value) -> bool {
        let (Some(a), Some(b)) = (a.as_text(), b.as_text()) else { return false };
        match (a.parse::<Timestamp>(), b.parse::<Timestamp>()) {
            (Ok(a), Ok(b)) => return self.same_instant(a, other, b),
            (Err(_), Err(_)) => {}
            _ => return false,
        }
        match (a.parse::<Span>(), b.parse::<Span>()) {
            (Ok(a), Ok(b)) => self.anchor.plus(a) == other.anchor.plus(b),
            _ => false,
        }
    }

    fn same_instant(&self, a: Timestamp, other: &Self, b: Timestamp) -> bool {
        let offset = |t: Timestamp, anchor: Timestamp| t.as_millis().checked_sub(anchor.as_millis());
        a == b || offset(a, self.anchor) == offset(b, other.anchor)
    }

    /// The same limits, of which the same bind; their order may change.
    fn same_bounds(&self, other: &Self) -> bool {
        // Where one kind has several limits from one source they keep their order among themselves.
        let keyed = |bounds: &[Bound]| -> BTreeMap<_, Vec<(Timestamp, bool)>> {
            let mut map: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for b in bounds {
                map.entry((b.item, b.kind, b.source.clone())).or_default().push((b.end, b.binding));
            }
            map
        };
        let (a, b) = (keyed(&self.bounds), keyed(&other.bounds));
        a.len() == b.len()
            && a.iter().zip(&b).all(|((key_a, ends_a), (key_b, ends_b))| {
                key_a == key_b
                    && ends_a.len() == ends_b.len()
                    && ends_a.iter().zip(ends_b).all(|((end_a, binds_a), (end_b, binds_b))| {
                        binds_a == binds_b && self.same_instant(*end_a, other, *end_b)
                    })
            })
    }

    fn same_grant(&self, a: &GrantView, other: &Self, b: &GrantView) -> bool {
        let same_session = match (a.session_until, b.session_until) {
            (Some(a), Some(b)) => self.same_instant(a, other, b),
            (a, b) => a == b,
        };
        (&a.id, a.state) == (&b.id, b.state)
            && (&a.beneficiary, &a.entitlement, &a.scope, &a.event)
                == (&b.beneficiary, &b.entitlement, &b.scope, &b.event)
            && self.same_instant(a.start, other, b.start)
            && self.same_instant(a.end, other, b.end)
            && same_session
    }
}

/// Reasons in the order in which they are reported: errors alone where there is one, by code, then item.
pub(crate) fn ordered(reasons: Vec<Reason>) -> (Verdict, Vec<Reason>) {
    let mut reasons = joined(reasons);
    let denied = reasons.iter().any(|reason| reason.level == Level::Error);
    if denied {
        reasons.retain(|reason| reason.level == Level::Error);
    }
    reasons.sort_by_key(|reason| (reason.code, reason.item));
    (if denied { Verdict::Deny } else { Verdict::Permit }, reasons)
}

/// A value of a reason, as people read it.
pub(crate) fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

/// Several words as the value of a reason.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    words.into_iter().map(String::from).collect()
}
