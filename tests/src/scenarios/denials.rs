//! An explicit denial beats whatever allows, at any level; one that has ended denies nothing. SCENARIOS S16.

use serde_json::json;

use crate::Scenario;
use crate::build::{allowed, defined, denied, deny, deny_item, of, permit, request, request_all, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        beats_every_allowance(),
        whatever_the_level(),
        expired_principals(),
        what_is_withheld(),
        requests_alone(),
        from_when_on(),
    ]
}

const COMPANY: &str = "tenure: 1
identities:
  u: {kind: human}
resources:
  repo: {type: folder}
  repo/src: {type: folder, parent: repo}
entitlements:
  read: {kind: right, permissions: ['file:read']}
  write: {kind: right, permissions: ['file:write']}
  exec: {kind: right, permissions: ['file:exec']}
  all: {kind: role, implies: [read, write, exec]}
  g: {kind: group}
memberships:
  u-g: {group: g, member: u}
";

fn company(sections: &str) -> String {
    format!("{COMPANY}{sections}")
}

fn by_rule(rule: &str) -> serde_json::Value {
    json!({"rule": rule})
}

fn beats_every_allowance() -> Scenario {
    let policy = company(
        "standing:
  u-all: {entitlement: all, holder: {identity: u}}
  u-exec: {entitlement: exec, holder: {identity: u}}
eligibility:
  e: {who: anyone, what: anything, duration: {max: 8h}}
deny:
  no-exec: {who: {groups: [g]}, permissions: ['file:exec']}
",
    );
    scenario("denials/a-denial-beats-every-allowance", policy)
        .about("A denied permission is false by every path, and what gives nothing else cannot be obtained; items are all or nothing")
        .at("03-02 09:00")
        .check("u", "file:read", "", allowed())
        .check("u", "file:write", "", allowed())
        .check("u", "file:exec", "", denied("policy.explicit_deny", by_rule("no-exec")))
        .decide(
            request("r-1", "u", "read").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-2", "u", "exec").lasting("1h"),
            deny_item("policy.explicit_deny", by_rule("no-exec")),
        )
        .decide(
            request_all("r-3", "u", &[("read", ""), ("write", ""), ("exec", "")]).lasting("1h"),
            deny().item(2, "policy.explicit_deny", by_rule("no-exec")),
        )
}

fn whatever_the_level() -> Scenario {
    let policy = company(
        "standing:
  u-src: {entitlement: all, holder: {identity: u}, scope: repo/src}
deny:
  no-write-in-repo: {who: {ids: [u]}, permissions: ['file:write'], where: [repo]}
  no-exec-in-src: {who: {ids: [u]}, what: {ids: [exec]}, where: [repo/src]}
",
    );
    scenario("denials/a-denial-counts-on-parents-and-children", policy)
        .about("A denial of a scope counts for all below it; a denied entitlement cuts the ways through it and leaves others")
        .at("03-02 09:00")
        .check("u", "file:read", "repo/src", allowed())
        .check("u", "file:write", "repo/src", denied("policy.explicit_deny", by_rule("no-write-in-repo")))
        .check("u", "file:exec", "repo/src", denied("policy.explicit_deny", by_rule("no-exec-in-src")))
        // Nothing is held there, so no denial decides.
        .check(
            "u",
            "file:write",
            "repo",
            denied("access.none", json!({"identity": "u", "permission": "file:write"})),
        )
}

fn expired_principals() -> Scenario {
    let policy = COMPANY.replace("member: u}", "member: u, until: '2026-03-02T09:00:00Z'}")
        + "standing:
  g-writes: {entitlement: write, holder: {group: g}}
  u-all: {entitlement: read, holder: {identity: u}}
  u-exec: {entitlement: exec, holder: {identity: u}}
deny:
  no-exec: {who: {groups: [g]}, permissions: ['file:exec']}
";
    scenario("denials/a-membership-that-ended-neither-allows-nor-denies", policy)
        .about("Ten seconds after it ended a membership gives nothing, what is held otherwise stays, and a denial of the group has ended too")
        .at("03-02 08:59:59")
        .check("u", "file:write", "", allowed().until("03-02 09:00"))
        .check(
            "u",
            "file:exec",
            "",
            denied("policy.explicit_deny", by_rule("no-exec")).next("03-02 09:00"),
        )
        .at("03-02 09:00:10")
        .check("u", "file:write", "", denied("grant.expired", json!({"end": "03-02 09:00"})))
        .check("u", "file:read", "", allowed())
        .check("u", "file:exec", "", allowed())
}

fn what_is_withheld() -> Scenario {
    let policy = company(
        "eligibility:
  e: {who: anyone, what: anything, duration: {max: 8h}}
deny:
  no-exec: {who: {groups: [g]}, permissions: ['file:exec']}
",
    );
    let withheld = json!({"entitlement": "all", "rule": "no-exec", "withheld": ["file:exec"]});
    scenario("denials/what-is-withheld-of-a-role-is-named", policy)
        .about("A role around a denied permission may be had without it, and says so; what is read widely makes members of those in some scope")
        .at("03-02 09:00")
        .commit(
            request("r-1", "u", "all").lasting("1h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .warns_item(0, "deny.withheld", withheld.clone()),
        )
        .check("u", "file:write", "", allowed().until("03-02 10:00"))
        .check("u", "file:exec", "", denied("policy.explicit_deny", by_rule("no-exec")))
        .facts([
            of("membership_removed", "u-g"),
            defined("membership_added", "u-g-2", json!({"group": "g", "member": "u", "scope": "repo"})),
        ])
        .check("u", "file:exec", "", denied("policy.explicit_deny", by_rule("no-exec")))
        .facts([of("membership_removed", "u-g-2")])
        .check("u", "file:exec", "", allowed().until("03-02 10:00"))
}

fn requests_alone() -> Scenario {
    let policy = company(
        "eligibility:
  e: {who: anyone, what: anything, duration: {max: 8h}}
deny:
  no-writing: {who: anyone, what: {ids: [write]}, where: [repo/src], on: request}
  no-reading: {who: anyone, what: {ids: [read]}, where: [repo/src]}
",
    );
    let withheld = json!({"entitlement": "read", "rule": "no-reading", "withheld": ["read"]});
    let refused = || deny_item("policy.explicit_deny", by_rule("no-writing"));
    scenario("denials/what-is-denied-to-requests-alone-is-not-had-by-asking-for-more", policy)
        .about("At use nothing would withhold it, so whatever contains it is refused; what is denied at use too is withheld there")
        .at("03-02 09:00")
        .decide(request("r-1", "u", "write").within("repo/src").lasting("1h"), refused())
        .decide(request("r-2", "u", "write").within("repo").lasting("1h"), refused())
        .decide(request("r-3", "u", "write").lasting("1h"), refused())
        .decide(
            request("r-4", "u", "read").within("repo/src").lasting("1h"),
            deny_item("policy.explicit_deny", by_rule("no-reading")),
        )
        .commit(
            request("r-5", "u", "read").within("repo").lasting("1h"),
            permit()
                .grant("r-5#0", "active", "03-02 09:00", "03-02 10:00")
                .warns_item(0, "deny.withheld", withheld),
        )
        .check("u", "file:read", "repo", allowed().until("03-02 10:00"))
        .check("u", "file:read", "repo/src", denied("policy.explicit_deny", by_rule("no-reading")))
}

fn from_when_on() -> Scenario {
    let policy = company(
        "eligibility:
  e: {who: anyone, what: anything, duration: {max: 8h}}
deny:
  later: {who: {groups: [g]}, what: {ids: [exec]}, valid: {from: '2026-03-02T11:00:00Z'}}
",
    );
    scenario("denials/a-denial-to-come-is-a-bound", policy)
        .about("What is denied from some instant on ends then")
        .at("03-02 09:00")
        .commit(
            request("r-1", "u", "exec").lasting("4h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 11:00")
                .bounds(&[
                    ("deny", "03-02 11:00", "later"),
                    ("asked", "03-02 13:00", ""),
                    ("maximum", "03-02 17:00", "e"),
                ])
                .clipped("PT4H", &["deny"], "PT2H"),
        )
        .check("u", "file:exec", "", allowed().until("03-02 11:00"))
        .at("03-02 11:00")
        .decide(
            request("r-2", "u", "exec").lasting("1h"),
            deny_item("policy.explicit_deny", by_rule("later")),
        )
}
