//! What a request would come to that asks for as much as may be had: the same steps as for a request that is decided,
//! but that what is merely not said is noted and denies nothing.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::case::{Case, Met};
use super::request::{Parties, resolve};
use super::{Bound, Code, Command, Obligation, Reason, event, item};
use crate::compile::CompiledRule;
use crate::engine::Engine;
use crate::id::EventId;
use crate::model::{Item, Request, Scalar, Value};
use crate::state::EventRow;
use crate::time::Timestamp;

/// Somebody who might ask.
pub(crate) struct Prober<'a> {
    case: Case<'a>,
    request: &'a Request,
    parties: Parties<'a>,
    /// The events that might be named, by id, once they were looked at.
    events: Option<Vec<(EventId, u32, &'a EventRow)>>,
}

/// What asking for one thing comes to.
pub(crate) struct Probed<'a> {
    /// What stands in the way; nothing if it may be asked for.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) bounds: Vec<Bound>,
    /// When it ends at the latest.
    pub(crate) end: Option<Timestamp>,
    pub(crate) obligations: Vec<Obligation>,
    /// The rules that bind.
    pub(crate) rules: Vec<&'a CompiledRule>,
    /// What was not said, of the context and the inputs that conditions read.
    pub(crate) context: Vec<String>,
    pub(crate) reason: bool,
    pub(crate) ticket: bool,
    pub(crate) duration: bool,
    /// Whether an event is to be named.
    pub(crate) event: bool,
}

impl<'a> Prober<'a> {
    /// Somebody who asks with a request that names nothing yet. Why it may ask for nothing, otherwise.
    pub(crate) fn new(
        engine: &'a Engine,
        command: &'a Command,
        request: &'a Request,
        now: Timestamp,
    ) -> Result<Self, Vec<Reason>> {
        let mut case = Case::open(engine, command, now, &[]);
        case.met = Some(Met::default());
        if case.preconditions().is_err() {
            return Err(case.reasons);
        }
        match resolve(&mut case, request) {
            Ok(parties) => Ok(Self { case, request, parties, events: None }),
            Err(_) => Err(case.reasons),
        }
    }

    pub(crate) const fn who(&self) -> u32 {
        self.parties.who
    }

    /// What asking for an entitlement in a scope comes to.
    pub(crate) fn ask(&mut self, item: &Item, entitlement: u32, scope: u32) -> Probed<'a> {
        let case = &mut self.case;
        case.reasons.clear();
        case.bounds.clear();
        case.footprint.clear();
        case.met = Some(Met::default());
        let ask = self.parties.ask(self.request, "request", (0, entitlement, scope));
        let granted = item::judge(case, self.request, item, &ask);
        let (end, obligations) = match granted {
            Some(granted) => (Some(granted.view.end), granted.obligations),
            None => (None, Vec::new()),
        };
        let context = names(&case.reasons, Code::ContextMissing, "names");
        let inputs = names(&case.reasons, Code::InputMissing, "inputs");
        let mut reasons: Vec<Reason> = Vec::new();
        if case.is_denied() {
            reasons = core::mem::take(&mut case.reasons);
            reasons.retain(|reason| reason.level == super::Level::Error && reason.code != Code::InputMissing);
            reasons.sort_by_key(|reason| reason.code);
            reasons.iter_mut().for_each(|reason| reason.item = None);
        }
        let mut bounds = core::mem::take(&mut case.bounds);
        bounds.sort_by(|a, b| (a.end, a.kind, &a.source).cmp(&(b.end, b.kind, &b.source)));
        let met = case.met.take().unwrap_or_default();
        case.met = Some(Met::default());
        Probed {
            reasons,
            bounds,
            end,
            obligations,
            context: context.into_iter().collect(),
            reason: met.reason || met.rules.iter().any(|rule| rule.rule.require.reason),
            ticket: met.ticket || met.rules.iter().any(|rule| rule.rule.require.ticket),
            duration: met.duration,
            event: inputs.contains("event"),
            rules: met.rules,
        }
    }

    /// The events that would do for an item under these rules, the first ones by their ids.
    pub(crate) fn events(
        &mut self,
        item: &Item,
        (entitlement, scope): (u32, u32),
        rules: &[&'a CompiledRule],
        most: usize,
    ) -> Vec<EventId> {
        let all = self.events.take().unwrap_or_else(|| self.all_events());
        let case = &mut self.case;
        let ask = self.parties.ask(self.request, "request", (0, entitlement, scope));
        let suits = all.iter().filter(|(id, _, row)| {
            case.reasons.clear();
            event::suits(case, id, row, &ask, item.entitlement.as_str(), rules);
            case.reasons.is_empty()
        });
        let found = suits.take(most).map(|(id, ..)| id.clone()).collect();
        case.reasons.clear();
        self.events = Some(all);
        found
    }

    /// The events that are open now and concern who asks, by id.
    fn all_events(&mut self) -> Vec<(EventId, u32, &'a EventRow)> {
        let state = self.case.state();
        let count = u32::try_from(state.events.len()).unwrap_or(u32::MAX);
        let mut found = Vec::new();
        for id in (0..count).filter_map(|event| state.event_id(event)) {
            let named = event::named(&mut self.case, &id, &self.request.beneficiary, self.parties.start);
            self.case.reasons.clear();
            found.extend(named.ok().map(|(reference, row)| (id, reference, row)));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}

fn names(reasons: &[Reason], code: Code, key: &str) -> BTreeSet<String> {
    let lists =
        reasons.iter().filter(|reason| reason.code == code).filter_map(|reason| reason.params.get(key));
    let words = lists.flat_map(|list| match list {
        Value::List(words) => words.as_slice(),
        _ => &[],
    });
    let text = |word: &Scalar| match word {
        Scalar::Text(text) => Some(text.clone()),
        _ => None,
    };
    words.filter_map(text).collect()
}
