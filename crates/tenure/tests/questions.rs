//! What the reverse questions tell, in small worlds that can be read.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use tenure::check::Access;
use tenure::document::canonical;
use tenure::engine::Engine;
use tenure::fact::{Body, Fact, Named};
use tenure::model::{Basis, GrantTerms, Term};
use tenure::policy::Policy;
use tenure::query::{Filter, Requestable, TenureState, Timeline, What, Who};
use tenure::state::State;
use tenure::time::{Span, Timestamp};

const POLICY: &str = r#"{
  "tenure": 1,
  "context": {"mfa": "bool"},
  "conditions": {
    "mfa": {"expr": "context.mfa", "text": "with a second factor"},
    "ours": {"expr": "resource.owner == 'ann'", "text": "of ann"}
  },
  "identities": {
    "ann": {"kind": "human", "attributes": {"team": "db"}}, "ben": {"kind": "human"}, "bot": {"kind": "workload", "owner": "ann"}
  },
  "attributes": {"team": "text"},
  "applications": {"pg": {}},
  "resources": {
    "prod": {"type": "environment"}, "prod/orders": {"type": "database", "parent": "prod", "owner": "ann"},
    "prod/vault": {"type": "database", "parent": "prod"},
    "prod/lent": {"type": "database", "parent": "prod", "parent_while": "mfa"}, "test": {"type": "environment"}
  },
  "entitlements": {
    "b-reader": {"kind": "role", "permissions": ["db:read"]},
    "a-reader": {"kind": "role", "permissions": ["db:read"]},
    "writer": {"kind": "role", "application": "pg", "permissions": ["db:write"], "implies": ["b-reader", "a-reader"]},
    "admin": {"kind": "role", "permissions": ["db:drop"], "implies": ["writer", {"entitlement": "b-reader", "scope": "test"}]},
    "team": {"kind": "group"},
    "owner": {"kind": "right", "permissions": ["db:own"]}
  },
  "standing": {
    "s-1": {"holder": {"identity": "ann"}, "entitlement": "admin", "scope": "prod", "until": "2026-03-05T00:00:00Z"},
    "s-2": {"holder": {"identity": "ben"}, "entitlement": "b-reader", "while": "mfa"},
    "s-3": {"holder": {"identity": "bot"}, "entitlement": "owner", "while": "ours"},
    "s-4": {"holder": {"group": "team"}, "entitlement": "b-reader", "scope": "test"}
  },
  "memberships": {"m-1": {"member": "bot", "group": "team", "from": "2026-03-01T00:00:00Z"}},
  "deny": {"no-vault": {"who": "anyone", "permissions": ["db:write"], "where": ["prod/vault"]}},
  "eligibility": {
    "rw": {
      "who": {"kinds": ["human"]}, "what": {"ids": ["writer"]}, "where": ["prod", "test"],
      "duration": {"max": "PT8H", "default": "PT1H"}, "require": {"reason": true},
      "approvals": [{"approvers": {"ids": ["ben"]}}]
    },
    "dba": {"who": {"attributes": {"team": ["db"]}}, "what": {"ids": ["admin"]}, "when": "mfa", "duration": {"max": "PT2H"},
            "event": {"kinds": ["incident"]}}
  },
  "events": {
    "INC-1": {"kind": "incident", "start": "2026-03-02T00:00:00Z"},
    "JOB-1": {"kind": "task", "start": "2026-03-02T00:00:00Z"}
  }
}"#;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn nine() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

fn engine() -> Engine {
    Engine::new(Policy::from_json(POLICY).unwrap_or_else(|e| panic!("{e}")), State::default()).unwrap()
}

fn id<I: std::str::FromStr>(name: &str) -> I {
    name.parse().ok().expect("a name")
}

#[test]
fn a_row_says_where_until_when_and_along_which_path() {
    let rights = engine().what(&What::new(id("ann")), nine());
    let told: Vec<(&str, &str)> =
        rights.rows.iter().map(|r| (r.permission().as_str(), r.scope.as_ref().unwrap().as_str())).collect();
    // By the edge that counts in `test` only nothing is had: what is held counts in `prod`.
    assert_eq!(told, [("db:drop", "prod"), ("db:read", "prod"), ("db:write", "prod")]);
    let read = &rights.rows[1];
    assert_eq!(
        (read.answer, read.from, read.until),
        (Access::Allowed, None, Some(at("2026-03-05T00:00:00Z")))
    );
    // Of the shortest paths the first by its ids, although another reader is named first.
    let path: Vec<&str> = read.via[0].entitlements.iter().map(|e| e.as_str()).collect();
    assert_eq!(path, ["admin", "writer", "a-reader"]);
    assert_eq!((&*read.via[0].id, read.via[0].scope.as_ref().unwrap().as_str()), ("s-1", "prod"));
}

#[test]
fn what_is_otherwise_inside_of_a_region_is_told() {
    let rights = engine().what(&What::new(id("ann")), nine());
    let except = |n: usize| canonical(&rights.rows[n].except).unwrap();
    assert_eq!(except(1), r#"[{"conditions":["mfa"],"scope":"prod/lent"}]"#);
    assert_eq!(
        except(2),
        r#"[{"rule":"no-vault","scope":"prod/vault"},{"conditions":["mfa"],"scope":"prod/lent"}]"#
    );
}

#[test]
fn rows_that_changed_count_as_they_stand_now() {
    let issue = |n: u32, who: &str, entitlement: &str, at: Timestamp| {
        let term = Term::new(at, at.plus(Span::hours(1))).unwrap();
        let terms = GrantTerms {
            conditions: Default::default(),
            basis: Basis::External,
            beneficiary: id(who),
            entitlement: id(entitlement),
            event: None,
            id: id(&format!("g-{n}")),
            request: None,
            scope: None,
            term,
        };
        Fact::new(id(&format!("f-{n}")), at, Body::GrantIssued(terms))
    };
    let before = engine();
    let early = at("2026-03-01T00:00:00Z");
    let facts = [issue(1, "bot", "a-reader", early), issue(2, "ben", "a-reader", nine())];
    let changed = before.apply(before.position(), &facts).unwrap();
    let told = |engine: &Engine| {
        let holders = engine.who(&Who::new(id("db:read")), nine());
        assert!(holders.complete);
        holders.rows.iter().map(|row| (row.identity.to_string(), row.answer)).collect::<Vec<_>>()
    };
    // `bot` held it for an hour of another day, and `ben` may by what is new even without a second factor.
    assert_eq!(told(&before), [("ben".to_owned(), Access::Conditional)]);
    assert_eq!(told(&changed), [("ben".to_owned(), Access::Allowed)]);
    assert_eq!(told(&changed.compact()), told(&changed));
    let both = [What::new(id("ben")), What::new(id("bot"))];
    for what in both {
        assert_eq!(changed.compact().what(&what, nine()), changed.what(&what, nine()));
    }
}

#[test]
fn what_is_not_known_of_a_place_is_missing() {
    let engine = engine();
    let rights = engine.what(&What::new(id("bot")), nine());
    let own = rights.rows.iter().find(|row| row.permission().as_str() == "db:own").unwrap();
    assert_eq!((own.answer, own.missing.clone()), (Access::Conditional, vec!["resource.owner".to_owned()]));
    let on = |place: &str| engine.what(&What::new(id("bot")).on(id::<tenure::id::ResourceId>(place)), nine());
    assert_eq!(on("prod/orders").rows.len(), 1);
    // There the owner is not only unknown but absent, which a check tells as missing too.
    assert_eq!(on("prod/vault").rows[0].answer, Access::Conditional);
    // A group's assignment is an edge with a scope.
    let read = rights.rows.iter().find(|row| row.permission().as_str() == "db:read").unwrap();
    assert_eq!(read.scope.as_ref().unwrap().as_str(), "test");
    assert_eq!(read.from, Some(at("2026-03-01T00:00:00Z")));
}

#[test]
fn filters_leave_rows_out() {
    let engine = engine();
    let rows = |filter: Filter| {
        let rights = engine.what(&What { filter, ..What::new(id("ann")) }, nine());
        rights.rows.iter().map(|row| row.permission().to_string()).collect::<Vec<_>>()
    };
    let all = Filter::default;
    assert_eq!(rows(Filter { prefix: "db:w".into(), ..all() }), ["db:write"]);
    assert_eq!(rows(Filter { permissions: vec![id("db:read"), id("db:none")], ..all() }), ["db:read"]);
    assert!(rows(Filter { types: vec!["database".into()], ..all() }).is_empty());
    assert_eq!(rows(Filter { types: vec!["environment".into()], ..all() }).len(), 3);
    // `admin` is held, and has no application.
    assert!(rows(Filter { applications: vec![id("pg")], ..all() }).is_empty());
}

#[test]
fn everybody_is_told_once_in_order() {
    let engine = engine();
    let holders = engine.who(&Who::new(id("db:read")).on(id::<tenure::id::ResourceId>("test")), nine());
    let told: Vec<(&str, Access)> = holders.rows.iter().map(|r| (r.identity.as_str(), r.answer)).collect();
    assert_eq!(told, [("ben", Access::Conditional), ("bot", Access::Allowed)]);
    assert_eq!(holders.rows[0].missing, ["mfa"]);
    let one = Who { limit: Some(1), ..Who::new(id("db:read")).on(id::<tenure::id::ResourceId>("test")) };
    let first = engine.who(&one, nine());
    assert!(!first.complete);
    assert_eq!(first.rows, holders.rows[..1]);
    let (filter, context) = (Filter::default(), Default::default());
    let all: Vec<String> =
        engine.what_all(&filter, &context, nine()).map(|rights| rights.identity.to_string()).collect();
    assert_eq!(all, ["ann", "ben", "bot"]);
}

#[test]
fn what_may_be_asked_for_says_what_it_needs() {
    let engine = engine();
    let offers = engine.requestable(&Requestable::new(id("ann")), nine());
    let told: Vec<String> = offers
        .rows
        .iter()
        .map(|r| format!("{} {:?}", r.entitlement, r.scope.as_ref().map(|s| s.as_str())))
        .collect();
    assert_eq!(told, ["admin None", "writer Some(\"prod\")", "writer Some(\"test\")"]);
    let admin = &offers.rows[0];
    let event = admin.needs.event.as_ref().unwrap();
    assert_eq!(event.kinds.as_deref(), Some(&["incident".to_owned()][..]));
    assert_eq!(event.open.iter().map(|e| e.as_str()).collect::<Vec<_>>(), ["INC-1"]);
    assert_eq!((admin.needs.context.clone(), admin.needs.duration), (vec!["mfa".to_owned()], true));
    let writer = &offers.rows[1];
    assert_eq!(writer.until, Some(at("2026-03-02T17:00:00Z")), "the longest, not the default");
    assert!(writer.needs.reason && !writer.needs.ticket && writer.needs.approvals.len() == 1);
    assert!(!writer.held);

    let ben = Requestable { all: true, ..Requestable::new(id("ben")) };
    let offers = engine.requestable(&ben, nine());
    let no = offers.rows.iter().find(|row| row.entitlement.as_str() == "admin").unwrap();
    assert!(!no.requestable);
    assert_eq!(no.reasons[0].code.word(), "eligibility.none");
    let asked = Requestable { event: Some(id("JOB-2")), ..ben };
    assert_eq!(engine.requestable(&asked, nine()).reasons[0].code.word(), "event.invalid");
}

#[test]
fn a_timeline_tells_what_ended_each_time() {
    let engine = engine();
    let mut facts = Vec::new();
    let mut happen = |when: &str, body: Body| {
        facts.push(Fact::new(format!("f-{}", facts.len()).parse().unwrap(), at(when), body));
    };
    let ann = || Named { id: id("ann"), reason: None };
    happen("2026-03-03T00:00:00Z", Body::IdentitySuspended(ann()));
    happen("2026-03-03T12:00:00Z", Body::IdentityResumed(ann()));
    let later = engine.apply(0, &facts).unwrap();
    let tenures = later.timeline(&Timeline::new(id("ann")), at("2026-03-03T13:00:00Z"));
    let [only] = &tenures.sources[..] else { panic!("{tenures}") };
    assert_eq!(only.state, TenureState::Active);
    let told: Vec<_> = only.windows.iter().map(|stay| (stay.cause, stay.end.unwrap())).collect();
    assert_eq!(
        told,
        [
            (Some("identity.suspended"), at("2026-03-03T00:00:00Z")),
            (Some("standing.expired"), at("2026-03-05T00:00:00Z")),
        ]
    );
    // Before it is known that she comes back.
    let suspended = engine.apply(0, &facts[..1]).unwrap();
    let tenures = suspended.timeline(&Timeline::new(id("ann")), at("2026-03-03T11:00:00Z"));
    assert_eq!(tenures.sources[0].state, TenureState::Paused);
    // Narrowed to a permission, and to a time.
    let asked = Timeline {
        permission: Some(id("db:write")),
        resource: Some(id::<tenure::id::ResourceId>("prod/orders").into()),
        from: Some(at("2026-03-04T00:00:00Z")),
        ..Timeline::new(id("ann"))
    };
    let tenures = later.timeline(&asked, at("2026-03-03T13:00:00Z"));
    assert_eq!(tenures.sources[0].windows.len(), 1);
    let path: Vec<&str> = tenures.sources[0].windows[0].path.iter().map(|e| e.as_str()).collect();
    assert_eq!(path, ["admin", "writer"]);
    // The log of the past is asked by its state.
    let past = State::as_of(&facts, 1).unwrap();
    assert_eq!((past.len(), past.high_water()), (1, at("2026-03-03T00:00:00Z")));
}

#[test]
fn answers_are_canonical_and_questions_are_strict() {
    let engine = engine();
    let who = engine.who(&Who::new(id("db:read")), nine());
    let what = engine.what(&What::new(id("ann")), nine());
    let offers = engine.requestable(&Requestable { all: true, ..Requestable::new(id("ann")) }, nine());
    let timeline = engine.timeline(&Timeline::new(id("ann")), nine());
    for text in [
        (serde_json::to_string(&who).unwrap(), canonical(&who).unwrap()),
        (serde_json::to_string(&what).unwrap(), canonical(&what).unwrap()),
        (serde_json::to_string(&offers).unwrap(), canonical(&offers).unwrap()),
        (serde_json::to_string(&timeline).unwrap(), canonical(&timeline).unwrap()),
    ] {
        assert_eq!(text.0, text.1, "keys stand in alphabetical order");
    }
    assert!(serde_json::from_str::<What>(r#"{"identity":"ann"}"#).is_ok());
    assert!(serde_json::from_str::<What>(r#"{"identity":"ann","who":"ben"}"#).is_err());
    assert!(serde_json::from_str::<Who>(r#"{"permission":"db:read","limits":3}"#).is_err());
    assert!(serde_json::from_str::<Requestable>(r#"{"identity":"ann","al":true}"#).is_err());
    assert!(serde_json::from_str::<Timeline>(r#"{"identity":"ann","to":"x"}"#).is_err());
}

/// A document in small, with `bob` and `nils`.
fn small(rest: &str) -> Engine {
    let people = r#""identities": {"bob": {"kind": "human"}, "nils": {"kind": "human"}}"#;
    let roles = r#""entitlements": {
        "a": {"kind": "role", "permissions": ["a:x"]}, "b": {"kind": "role", "permissions": ["b:x"]}
    }"#;
    let text = format!(r#"{{"tenure": 1, "name": "t", {people}, {roles}, {rest}}}"#);
    Engine::new(Policy::from_json(&text).unwrap_or_else(|e| panic!("{e}")), State::default()).unwrap()
}

fn offers(engine: &Engine) -> Vec<tenure::query::Offer> {
    engine.requestable(&Requestable { all: true, ..Requestable::new(id("bob")) }, nine()).rows
}

const EVENTS: &str = r#"
  "conditions": {
    "named": {"text": "t", "expr": "has(event.id)"},
    "daily": {"text": "t", "expr": "!has(event.id)"},
    "inc": {"text": "t", "expr": "has(event.kind) && event.kind == 'inc'"}
  },
  "events": {"e2": {"kind": "inc", "start": "2026-03-01T00:00:00Z"}}"#;

fn rule(what: &str, rest: &str) -> String {
    format!(
        r#""{what}": {{"who": "anyone", "what": {{"ids": ["{what}"]}}, "duration": {{"max": "8h", "default": "1h"}}{rest}}}"#
    )
}

#[test]
fn what_needs_an_event_is_judged_with_one() {
    let rules =
        [rule("a", r#", "event": {"kinds": ["inc"]}"#), rule("b", r#", "event": {"kinds": ["inc"]}"#)];
    let guards = r#""guardrails": {
        "ga": {"who": "anyone", "what": {"ids": ["a"]}, "when": "inc", "forbid": true},
        "gb": {"who": "anyone", "what": {"ids": ["b"]}, "when": "named",
               "approvals": [{"name": "s", "approvers": {"ids": ["nils"]}}]},
        "gc": {"who": "anyone", "what": {"ids": ["b"]}, "when": "daily",
               "approvals": [{"name": "d", "approvers": {"ids": ["nils"]}}]},
        "gd": {"who": "anyone", "what": {"ids": ["b"]}, "when": "named", "max": "10m"}
    }"#;
    let rows = offers(&small(&format!(r#"{EVENTS}, {guards}, "eligibility": {{{}}}"#, rules.join(","))));
    // Whatever is named is an incident, and with one it is forbidden.
    assert!(!rows[0].requestable);
    assert_eq!(rows[0].reasons[0].code.word(), "guardrail.forbidden");
    let needs = &rows[1].needs;
    assert!(rows[1].requestable && needs.event.is_some() && needs.context.is_empty());
    assert_eq!(rows[1].until, Some(at("2026-03-02T09:10:00Z")));
    let owed: Vec<&str> = needs.approvals.iter().map(|owed| owed.source.as_str()).collect();
    assert_eq!(owed, ["gb"], "what no event is needed for is not owed");
}

#[test]
fn what_hangs_on_which_event_it_is_is_told_and_not_refused() {
    let rules = [rule("a", r#", "event": {}"#), rule("b", "")];
    let guards = r#""guardrails": {
        "ga": {"who": "anyone", "what": {"ids": ["a"]}, "when": "inc", "forbid": true},
        "gb": {"who": "anyone", "what": {"ids": ["b"]}, "when": "daily", "forbid": true}
    }"#;
    let rows = offers(&small(&format!(r#"{EVENTS}, {guards}, "eligibility": {{{}}}"#, rules.join(","))));
    assert!(rows[0].requestable);
    assert_eq!(rows[0].needs.context, ["event.kind"]);
    // What no rule asks for may be needed all the same.
    assert!(rows[1].requestable);
    assert_eq!(rows[1].needs.event.as_ref().unwrap().open.len(), 1);
}

#[test]
fn what_hangs_on_an_input_is_told_once_and_not_refused() {
    let rows_ = r#", "inputs": {"rows": {"type": "int", "required": "request"}}"#;
    let rules = [rule("a", rows_), rule("b", &format!(r#"{}, "when": "small""#, rows_))];
    let rows = offers(&small(&format!(
        r#""conditions": {{
            "big": {{"text": "t", "expr": "inputs.rows >= 100"}},
            "small": {{"text": "t", "expr": "inputs.rows < 100"}}
        }},
        "guardrails": {{"ga": {{"who": "anyone", "what": {{"ids": ["a"]}}, "when": "big", "forbid": true}}}},
        "deny": {{"da": {{"who": "anyone", "what": {{"ids": ["a"]}}, "when": "big"}}}},
        "eligibility": {{{}}}"#,
        rules.join(",")
    )));
    for row in rows {
        assert!(row.requestable, "{row:?}");
        assert!(row.needs.inputs.contains_key("rows") && row.needs.context.is_empty());
    }
}

#[test]
fn a_rule_that_an_input_may_switch_off_makes_nothing_shorter() {
    let rules = [
        rule("a", ""),
        r#""short": {"who": "anyone", "what": {"ids": ["a"]}, "duration": {"max": "1h"}, "when": "big",
            "inputs": {"rows": {"type": "int"}}}"#
            .to_owned(),
    ];
    let rows = offers(&small(&format!(
        r#""conditions": {{"big": {{"text": "t", "expr": "inputs.rows >= 100"}}}}, "eligibility": {{{}}}"#,
        rules.join(",")
    )));
    assert_eq!(rows[0].until, Some(at("2026-03-02T17:00:00Z")));
    assert_eq!(rows[0].needs.context, ["inputs.rows"]);
}

#[test]
fn a_timeline_of_a_permission_heeds_its_denials() {
    let engine = small(
        r#""standing": {
            "s1": {"holder": {"identity": "bob"}, "entitlement": "a"},
            "s2": {"holder": {"identity": "bob"}, "entitlement": "b"}
        },
        "deny": {
            "da": {"who": {"ids": ["bob"]}, "permissions": ["a:x"],
                   "valid": {"from": "2026-03-01T00:00:00Z", "until": "2026-03-03T00:00:00Z"}},
            "db": {"who": {"ids": ["bob"]}, "permissions": ["b:x"]}
        }"#,
    );
    let ask = |permission: &str| {
        let asked = Timeline { permission: Some(id(permission)), ..Timeline::new(id("bob")) };
        engine.timeline(&asked, nine()).sources
    };
    assert!(ask("b:x").is_empty());
    let sources = ask("a:x");
    let told: Vec<_> = sources[0].windows.iter().map(|stay| (stay.start, stay.end, stay.cause)).collect();
    assert_eq!(
        told,
        [
            (None, Some(at("2026-03-01T00:00:00Z")), Some("path.ended")),
            (Some(at("2026-03-03T00:00:00Z")), None, None),
        ]
    );
}
