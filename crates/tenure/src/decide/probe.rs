//! What a request would come to that asks for as much as may be had: the same steps as for a request that is decided,
//! but that what is merely not said is noted and denies nothing.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::case::{Case, Met};
use super::request::{Parties, resolve};
use super::window::Ask;
use super::{Bound, Code, Command, Obligation, Reason, event, item, matched};
use crate::compile::CompiledRule;
use crate::engine::Engine;
use crate::id::EventId;
use crate::model::{Item, Request, Scalar, Value};
use crate::policy::Combine;
use crate::state::EventRow;
use crate::time::Timestamp;

/// Somebody who might ask.
pub(crate) struct Prober<'a> {
    case: Case<'a>,
    request: &'a Request,
    parties: Parties<'a>,
    /// The events that might be named, by id, once they were looked at.
    events: Option<Vec<(EventId, u32, &'a EventRow)>>,
    /// Whether conditions read something of the event.
    reads_event: bool,
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
    /// Whether what is not said yet decides which rules bind.
    pub(crate) open: bool,
    /// Whether it may be asked for.
    given: bool,
    /// Whether rules that might decide ask for an event.
    asks_event: bool,
    /// Whether a live grant would be made longer.
    extends: bool,
}

impl<'a> Probed<'a> {
    /// The kinds of event that all rules that bind take; any if none of them minds.
    pub(crate) fn kinds(&self) -> Option<BTreeSet<&'a str>> {
        event::kinds(&self.rules)
    }
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
        let reads_event = engine.world().conditions.read_event();
        match resolve(&mut case, request) {
            Ok(parties) => Ok(Self { case, request, parties, events: None, reads_event }),
            Err(_) => Err(case.reasons),
        }
    }

    pub(crate) const fn who(&self) -> u32 {
        self.parties.who
    }

    /// What asking for an entitlement in a scope comes to. Where rules take only requests with an event, and where nothing
    /// may be had without, it is the best that may be had with some event.
    pub(crate) fn ask(&mut self, item: &Item, entitlement: u32, scope: u32) -> Probed<'a> {
        let plain = self.ask_as(item, (entitlement, scope), false);
        let helps = plain.asks_event || (!plain.given && (self.reads_event || plain.extends));
        if !helps || self.request.event.is_some() {
            return plain;
        }
        let with = self.ask_as(item, (entitlement, scope), true);
        let better = match (plain.given, with.given) {
            (true, true) => self.rank(&plain) < self.rank(&with),
            (false, false) => plain.asks_event,
            (_, given) => given,
        };
        if better { with } else { plain }
    }

    /// How good it is.
    fn rank(&self, probed: &Probed<'_>) -> impl Ord + use<'a> {
        let chooses = self.case.engine.policy().document().combine == Combine::RequesterChooses;
        let owed = probed.obligations.len();
        (chooses && owed == 0, probed.end.unwrap_or(Timestamp::MAX), Reverse(owed))
    }

    /// What asking comes to with an event that is not named yet, or without any.
    fn ask_as(&mut self, item: &Item, (entitlement, scope): (u32, u32), event: bool) -> Probed<'a> {
        let case = &mut self.case;
        case.reasons.clear();
        case.bounds.clear();
        case.footprint.clear();
        case.met = Some(Met { event, ..Met::default() });
        let ask = self.parties.ask(self.request, "request", (0, entitlement, scope));
        let granted = item::judge(case, self.request, item, &ask);
        let end = granted.map(|granted| granted.view.end);
        let met = case.met.replace(Met::default()).unwrap_or_default();
        let context = names(&case.reasons, Code::ContextMissing, "names");
        case.met = Some(Met::default());
        let denied = case.is_denied();
        let mut reasons: Vec<Reason> = Vec::new();
        if denied {
            reasons = core::mem::take(&mut case.reasons);
            reasons.retain(|reason| reason.level == super::Level::Error && reason.code != Code::InputMissing);
            reasons.sort_by_key(|reason| reason.code);
            reasons.iter_mut().for_each(|reason| reason.item = None);
        }
        let mut bounds = core::mem::take(&mut case.bounds);
        bounds.sort_by(|a, b| (a.end, a.kind, &a.source).cmp(&(b.end, b.kind, &b.source)));
        Probed {
            given: !denied && !met.lacks_event,
            reasons,
            bounds,
            end,
            obligations: met.obligations,
            context: context.into_iter().collect(),
            reason: met.reason || met.rules.iter().any(|rule| rule.rule.require.reason),
            ticket: met.ticket || met.rules.iter().any(|rule| rule.rule.require.ticket),
            duration: met.duration,
            event,
            open: met.open,
            asks_event: met.asks_event,
            extends: met.extends,
            rules: met.rules,
        }
    }

    /// The events that would do for an item that may be asked for, the first ones by their ids.
    pub(crate) fn events(
        &mut self,
        item: &Item,
        (entitlement, scope): (u32, u32),
        probed: &Probed<'a>,
        most: usize,
    ) -> Vec<EventId> {
        let all = self.events.take().unwrap_or_else(|| self.all_events());
        let case = &mut self.case;
        let ask = self.parties.ask(self.request, "request", (0, entitlement, scope));
        let chooses = case.engine.policy().document().combine == Combine::RequesterChooses;
        let told: Vec<Vec<&CompiledRule>> = alloc::vec![probed.rules.clone()];
        let suits = all.iter().filter(|(id, reference, row)| {
            let mut sets = told.clone();
            if probed.open && !chooses {
                // Which event it is may decide which rules bind.
                let named = Ask { event: Some((*reference, *row)), ..ask };
                let found = matched::decisive(case, &named, None, || Reason::error(Code::EligibilityNone));
                sets = found.iter().map(|set| set.iter().map(|(rule, _)| *rule).collect()).collect();
            }
            case.reasons.clear();
            sets.iter().for_each(|rules| event::suits(case, id, row, &ask, item.entitlement.as_str(), rules));
            case.reasons.is_empty() && !sets.is_empty()
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
