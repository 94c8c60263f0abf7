//! An example of every key. Each is put into the same small document, in place of what stands there.

/// A form of the schema, and where one stands in [`BASE`].
pub(super) struct Form {
    /// Its name in the schema.
    pub(super) name: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// What it is.
    pub(super) text: &'static str,
    /// Where one stands.
    pub(super) at: &'static str,
    /// Whether a key excludes the others.
    pub(super) alone: bool,
    /// Keys of another place, with it.
    pub(super) elsewhere: &'static [(&'static str, &'static str, &'static str)],
    /// Keys, and what may stand behind them. Of a key inside another the value of the outer one.
    pub(super) examples: &'static [(&'static str, &'static str)],
}

/// The document that the examples are put into.
pub(super) const BASE: &str = "
tenure: 1
attributes: {department: text, level: int}
context: {risk: int, said: {type: list, source: requester, asserted: true}}
conditions: {calm: {expr: 'context.risk < 3'}}
identities: {ann: {kind: human}, bob: {kind: human}}
applications: {db: {}}
accounts: {ann@db: {application: db}}
resources: {prod: {type: environment}, prod/orders: {type: database}}
entitlements:
  admin: {kind: role, implies: [{entitlement: reader}]}
  reader: {kind: right, permissions: ['db:read']}
  team: {kind: group}
memberships: {m: {group: team, member: ann}}
standing: {s: {holder: {identity: ann}, entitlement: reader}}
events: {INC-7: {kind: incident, start: 2026-03-02T09:00:00Z}}
resource_types: {page: {}}
catalogues: {cloud: {permissions: [vm/read, vm/delete, blob/read], planes: {data: ['blob/*']}}}
wildcards: {admin: [{catalogue: cloud, match: ['*']}]}
eligibility:
  r:
    who: {ids: [ann]}
    what: {ids: [admin]}
    duration: {max: 8h}
    hours: [{from: '09:00', to: '17:00', zone: Europe/Berlin}]
    valid: {}
    on_loss: {grace: 1h}
    requires: {}
    inputs: {amount: {type: int}}
    approvals: [{approvers: {ids: [bob, ann]}}]
guardrails: {g: {who: anyone, what: anything, max: 8h}}
capacity: {c: {what: {ids: [admin]}, max: 3}}
deny: {d: {who: {ids: [bob]}, permissions: ['db:read']}}
standing_rules: {t: {who: anyone, what: {ids: [reader]}}}
tests:
  - name: Ann asks
    now: 2026-03-02T09:00:00Z
    command: {request: {id: r-1, requester: ann, entitlement: admin, duration: 2h}}
    facts: [{kind: identity_left, body: {id: bob}}]
    expect: {verdict: pending, bounds: [{kind: maximum}]}
  - name: Ann reads
    now: 2026-03-02T09:00:00Z
    question: {identity: ann, permission: 'db:read'}
    expect: {answer: allowed}
";

/// How rules combine.
pub(super) const COMBINE: &[(&str, &str)] = &[
    ("strictest", "all of them: the least maximum, the earliest end, every requirement; the default"),
    (
        "most_specific",
        "those that speak most closely of the case: the deepest `where`, then `what` by ids, then `who` by ids, then the most keys of `who`",
    ),
    ("priority", "those with the least `priority`; without one a rule comes last"),
    (
        "requester_chooses",
        "the one that the request names as `rule`; if it names none, the one that gives the best decision",
    ),
];

const fn form(
    name: &'static str,
    title: &'static str,
    text: &'static str,
    at: &'static str,
    examples: &'static [(&'static str, &'static str)],
) -> Form {
    Form { name, title, text, at, alone: false, elsewhere: &[], examples }
}

impl Form {
    /// The same, with keys that can only stand somewhere else.
    const fn and(self, elsewhere: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        Self { elsewhere, ..self }
    }
}

pub(super) const FORMS: &[Form] = &[
    form(
        "policy",
        "Document",
        "The keys at the top.",
        "",
        &[
            ("accounts", "{ann@db: {application: db, identity: ann}}"),
            ("applications", "{db: {name: Databases, owner: ann}}"),
            ("attributes", "{department: text, level: int, skills: {type: list, of: text}}"),
            ("capacity", "{few-admins: {what: {ids: [admin]}, max: 3}}"),
            (
                "catalogues",
                "{cloud: {permissions: [vm/read, vm/delete, blob/read], planes: {data: ['blob/*']}}}",
            ),
            ("combine", "most_specific"),
            ("conditions", "{calm: {expr: 'context.risk < 3', text: the risk is low}}"),
            ("context", "{risk: int, device.managed: bool}"),
            ("deny", "{no-bob: {who: {ids: [bob]}, permissions: ['db:read']}}"),
            ("eligibility", "{operators: {who: {ids: [ann]}, what: {ids: [admin]}, duration: {max: 8h}}}"),
            (
                "entitlements",
                "{admin: {kind: role}, reader: {kind: right, permissions: ['db:read']}, team: {kind: group}}",
            ),
            ("events", "{CLOSE-2: {kind: month_end, start: 2026-03-02, planned_end: 2026-03-06}}"),
            ("guardrails", "{short: {who: anyone, what: {sensitivity: [critical]}, max: 4h}}"),
            ("identities", "{ann: {kind: human}, bob: {kind: human, manager: ann}}"),
            ("memberships", "{ann-team: {group: team, member: ann}}"),
            ("name", "Acme"),
            ("resource_types", "{page: {open: true}}"),
            ("resources", "{prod: {type: environment}, prod/orders: {type: database, parent: prod}}"),
            ("standing", "{ann-reads: {holder: {identity: ann}, entitlement: reader}}"),
            ("standing_rules", "{all-read: {who: anyone, what: {ids: [reader]}}}"),
            ("tenure", "1"),
            (
                "tests",
                "[{name: Ann may read, now: 2026-03-02T09:00:00Z, question: {identity: ann, permission: 'db:read'}, expect: {answer: allowed}}]",
            ),
            ("wildcards", "{admin: [{catalogue: cloud, match: ['*'], except: ['*/delete']}]}"),
        ],
    ),
    form(
        "eligibility",
        "Eligibility",
        "Who may obtain what. A rule gives nothing by itself: it is what a request must match.",
        "/eligibility/r",
        &[
            ("already_held", "reject"),
            ("anchor", "window"),
            ("approvals", "[{approvers: {manager: true}}]"),
            ("description", "Operators may administer production"),
            ("duration", "{max: 8h}"),
            ("duration.default", "{default: 2h, max: 8h}"),
            ("duration.max", "{max: 90d}"),
            ("duration.min", "{min: 30m, max: 8h}"),
            ("event", "{kinds: [incident]}"),
            ("event.follow", "{follow: true}"),
            ("event.grace", "{grace: 15m}"),
            ("event.kinds", "{kinds: [incident, task]}"),
            ("event.max_staleness", "{max_staleness: 10m}"),
            ("event.self_opened", "{self_opened: true}"),
            ("extension", "{max_total: 24h}"),
            ("extension.allow_shorten", "{max_total: 24h, allow_shorten: true}"),
            ("extension.max_count", "{max_total: 24h, max_count: 2}"),
            ("extension.max_total", "{max_total: 24h}"),
            ("hours", "[{days: [mon, tue], from: '09:00', to: '17:00', zone: Europe/Berlin}]"),
            ("inputs", "{amount: {type: int, min: 1, max: 100, required: request}}"),
            ("on_exceed", "{maximum: reject}"),
            ("on_loss", "run_out"),
            ("priority", "1"),
            ("renewal", "{max_count: 2}"),
            ("renewal.max_count", "{max_count: 2}"),
            ("renewal.max_total", "{max_total: 3d}"),
            ("renewal.reset_after", "{max_count: 2, reset_after: 8h}"),
            ("require", "{reason: true}"),
            ("require.reason", "{reason: true}"),
            ("require.ticket", "{ticket: true}"),
            ("requires", "{entitlements: [team]}"),
            ("session", "bound"),
            ("session_max", "8h"),
            ("valid", "{from: 2026-01-01, until: 2026-12-31}"),
            ("what", "{ids: [admin]}"),
            ("when", "calm"),
            ("where", "[prod]"),
            ("while", "[calm]"),
            ("who", "{ids: [ann]}"),
        ],
    ),
    form(
        "identity_selector",
        "Identity selector",
        "Whom a rule speaks of: the word `anyone`, or a map. Each key narrows, the words under a key widen.",
        "/eligibility/r/who",
        &[
            ("attributes", "{department: [ops, security], level: [3, 4]}"),
            ("groups", "[team]"),
            ("ids", "[ann, bob]"),
            ("kinds", "[human]"),
            ("via", "any"),
        ],
    ),
    form(
        "entitlement_selector",
        "Entitlement selector",
        "What a rule speaks of: the word `anything`, or a map. Each key narrows, the words under a key widen.",
        "/eligibility/r/what",
        &[
            ("applications", "[db]"),
            ("attributes", "{department: [ops]}"),
            ("ids", "[admin, reader]"),
            ("kinds", "[role]"),
            ("sensitivity", "[high, critical]"),
        ],
    ),
    form(
        "recurrence",
        "Recurrence",
        "Hours that come back every week.",
        "/eligibility/r/hours/0",
        &[
            ("days", "[mon, tue, wed, thu, fri]"),
            ("from", "'22:00'"),
            ("to", "'06:00'"),
            ("zone", "Europe/Lisbon"),
        ],
    ),
    form(
        "window",
        "Window",
        "From when until when.",
        "/eligibility/r/valid",
        &[("from", "2026-01-01"), ("until", "2026-12-31")],
    ),
    Form {
        name: "on_loss",
        title: "On loss",
        text: "The words `revoke` or `run_out`, or a map.",
        at: "/eligibility/r/on_loss",
        alone: true,
        elsewhere: &[],
        examples: &[("grace", "4h")],
    },
    form(
        "prerequisites",
        "Prerequisites",
        "What must be held, or be so, through the whole window.",
        "/eligibility/r/requires",
        &[("attributes", "{level: [2, 3]}"), ("entitlements", "[team]")],
    ),
    form(
        "input",
        "Input",
        "Something that a requester fills in. Conditions read it as `inputs.NAME`.",
        "/eligibility/r/inputs/amount",
        &[
            ("description", "In euros"),
            ("max", "100"),
            ("min", "1"),
            ("one_of", "[10, 20, 50]"),
            ("required", "request"),
            ("type", "int"),
        ],
    ),
    form(
        "stage",
        "Stage",
        "A stage of approval: so many of these people must agree.",
        "/eligibility/r/approvals/0",
        &[
            ("approvers", "{groups: [team]}"),
            ("approvers.groups", "{groups: [team]}"),
            ("approvers.ids", "{ids: [ann, bob]}"),
            ("approvers.manager", "{manager: true}"),
            ("approvers.owner", "{owner: true}"),
            ("name", "Lead"),
            ("quorum", "2"),
        ],
    ),
    form(
        "guardrail",
        "Guardrail",
        "What restricts whatever is granted; all that match apply.",
        "/guardrails/g",
        &[
            ("approvals", "[{approvers: {owner: true}}]"),
            ("description", "Nothing critical for long"),
            ("forbid", "true"),
            ("hours", "[{from: '22:00', to: '06:00', zone: UTC}]"),
            ("max", "4h"),
            ("require", "{reason: true}"),
            ("require.conditions", "{conditions: [calm]}"),
            ("require.reason", "{reason: true}"),
            ("require.ticket", "{ticket: true}"),
            ("valid", "{from: 2026-01-01}"),
            ("what", "{sensitivity: [critical]}"),
            ("when", "calm"),
            ("where", "[prod]"),
            ("who", "anyone"),
        ],
    ),
    form(
        "capacity",
        "Capacity",
        "How many persons hold something at most, and at least.",
        "/capacity/c",
        &[("description", "Few administrators"), ("max", "3"), ("min", "1"), ("what", "{ids: [admin]}")],
    ),
    form(
        "denial",
        "Deny",
        "What nobody whom it concerns may use or obtain, whoever else allows it.",
        "/deny/d",
        &[
            ("description", "Bob reads nothing"),
            ("hours", "[{from: '22:00', to: '06:00', zone: UTC}]"),
            ("on", "use"),
            ("permissions", "['db:read']"),
            ("valid", "{until: 2026-12-31}"),
            ("what", "{ids: [admin]}"),
            ("when", "calm"),
            ("where", "[prod]"),
            ("who", "{ids: [bob]}"),
        ],
    ),
    form(
        "standing_rule",
        "Standing rule",
        "Who holds what without asking and without a fact about it.",
        "/standing_rules/t",
        &[
            ("description", "Everybody reads"),
            ("valid", "{from: 2026-01-01}"),
            ("what", "{ids: [reader]}"),
            ("when", "calm"),
            ("where", "[prod]"),
            ("who", "{kinds: [human]}"),
        ],
    ),
    form(
        "named_condition",
        "Condition",
        "A condition with a name. Rules and nouns name it under `when` and `while`.",
        "/conditions/calm",
        &[("expr", "'context.risk < 3 || identity.department == \"ops\"'"), ("text", "the risk is low")],
    ),
    form(
        "declaration",
        "Declaration",
        "How an attribute or a context is declared: its type as a word, or a map.",
        "/context/said",
        &[("asserted", "true"), ("of", "text"), ("source", "requester"), ("type", "list")],
    ),
    form(
        "catalogue",
        "Catalogue",
        "The permissions that an application knows, so that entitlements can name them by patterns.",
        "/catalogues/cloud",
        &[
            ("case", "fold"),
            ("permissions", "[vm/read, vm/delete, blob/read]"),
            ("planes", "{data: ['blob/*']}"),
        ],
    ),
    form(
        "block",
        "Wildcard",
        "Some permissions of a catalogue; `*` stands for any text.",
        "/wildcards/admin/0",
        &[("catalogue", "cloud"), ("except", "['*/delete']"), ("match", "['vm/*']"), ("plane", "data")],
    ),
    form(
        "identity",
        "Identity",
        "Who holds.",
        "/identities/ann",
        &[
            ("attributes", "{department: ops, level: 3}"),
            ("ends", "2026-12-31"),
            ("kind", "human"),
            ("manager", "bob"),
            ("name", "Ann Adze"),
            ("owner", "bob"),
            ("starts", "2026-01-01"),
        ],
    ),
    form(
        "account",
        "Account",
        "A login in one application.",
        "/accounts/ann@db",
        &[("application", "db"), ("identity", "ann"), ("name", "Ann")],
    ),
    form(
        "application",
        "Application",
        "A system whose rights are governed.",
        "/applications/db",
        &[("attributes", "{department: ops}"), ("name", "Databases"), ("owner", "ann")],
    ),
    form(
        "resource",
        "Resource",
        "What is protected. Resources form trees; a scope is a subtree.",
        "/resources/prod~1orders",
        &[
            ("application", "db"),
            ("attributes", "{department: ops}"),
            ("name", "Orders"),
            ("owner", "ann"),
            ("parent", "prod"),
            ("parent_while", "calm"),
            ("sensitivity", "high"),
            ("type", "database"),
        ],
    ),
    form(
        "resource_type",
        "Resource type",
        "A type of resource that needs to be said.",
        "/resource_types/page",
        &[("description", "A page of the wiki"), ("open", "true")],
    ),
    form(
        "entitlement",
        "Entitlement",
        "What can be held.",
        "/entitlements/admin",
        &[
            ("application", "db"),
            ("attributes", "{department: ops}"),
            ("implies", "[reader]"),
            ("kind", "role"),
            ("name", "Administrator"),
            ("owner", "ann"),
            ("permissions", "['db:write']"),
            ("sensitivity", "critical"),
        ],
    ),
    form(
        "implied",
        "Implied",
        "What is held with an entitlement: an id, or a map with limits.",
        "/entitlements/admin/implies/0",
        &[
            ("entitlement", "reader"),
            ("from", "2026-01-01"),
            ("scope", "prod"),
            ("until", "2026-12-31"),
            ("while", "calm"),
        ],
    ),
    form(
        "membership",
        "Membership",
        "A stay in a group.",
        "/memberships/m",
        &[
            ("from", "2026-01-01"),
            ("group", "team"),
            ("member", "ann"),
            ("scope", "prod"),
            ("until", "2026-12-31"),
            ("while", "calm"),
        ],
    ),
    form(
        "standing",
        "Standing",
        "What is held without asking.",
        "/standing/s",
        &[
            ("entitlement", "reader"),
            ("from", "2026-01-01"),
            ("holder", "{group: team}"),
            ("scope", "prod"),
            ("until", "2026-12-31"),
            ("while", "calm"),
        ],
    ),
    Form {
        name: "holder",
        title: "Holder",
        text: "One of the two.",
        at: "/standing/s/holder",
        alone: true,
        elsewhere: &[],
        examples: &[("group", "team"), ("identity", "ann")],
    },
    form(
        "event",
        "Business event",
        "Why access is needed now. Events may also come as facts.",
        "/events/INC-7",
        &[
            ("ceiling", "[admin]"),
            ("feed", "pager"),
            ("hard_cap", "24h"),
            ("kind", "incident"),
            ("name", "Replica lag"),
            ("participants", "[ann]"),
            ("planned_end", "2026-03-03"),
            ("start", "2026-03-02T09:00:00Z"),
        ],
    ),
    form("test", "Test", "A case: what has happened, one thing that is asked, and what it must come to. Of `command` and `question` one.", "/tests/0", &[
        ("command", "{request: {id: r-1, requester: ann, entitlement: admin, duration: 2h}}"),
        ("expect", "{verdict: pending}"),
        ("facts", "[{kind: identity_left, body: {id: bob}}]"),
        ("facts.body", "[{kind: identity_left, body: {id: bob}}]"),
        ("facts.by", "[{kind: identity_left, by: ann, body: {id: bob}}]"),
        ("facts.effective_at", "[{kind: identity_left, effective_at: '2026-03-02T08:00:00Z', body: {id: bob}}]"),
        ("facts.id", "[{kind: identity_left, id: f-1, body: {id: bob}}]"),
        ("facts.kind", "[{kind: identity_left, body: {id: bob}}]"),
        ("facts.recorded_at", "[{kind: identity_left, recorded_at: '2026-03-02T08:30:00Z', body: {id: bob}}]"),
        ("facts.replaces", "[{kind: identity_left, replaces: f-0, body: {id: bob}}]"),
        ("facts.v", "[{kind: identity_left, v: 1, body: {id: bob}}]"),
        ("log", "log.jsonl"),
        ("name", "Ann may read"),
        ("now", "2026-03-02T09:00:00Z"),
    ]).and(&[("/tests/1", "question", "{identity: ann, permission: 'db:read'}")]),
    form("expect", "Expectation", "What a decision or an answer must say; what is left out may be anything.", "/tests/0/expect", &[
        ("bounds", "[{kind: maximum}]"),
        ("end", "2026-03-02T11:00:00Z"),
        ("obligations", "1"),
        ("reasons", "[duration.clipped]"),
        ("verdict", "pending"),
    ]).and(&[
        ("/tests/1/expect", "answer", "allowed"),
        ("/tests/1/expect", "missing", "[risk]"),
        ("/tests/1/expect", "until", "2026-03-02T17:00:00Z"),
    ]),
    form("partial_bound", "Expected bound", "A limit that must be told; what is left out may be anything.", "/tests/0/expect/bounds/0", &[
        ("binding", "true"),
        ("end", "2026-03-02T11:00:00Z"),
        ("item", "0"),
        ("kind", "asked"),
        ("source", "r"),
    ]),
];
