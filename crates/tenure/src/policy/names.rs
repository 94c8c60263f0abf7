//! A name that a document uses is declared in it, or known from the facts.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::check::near;
use super::error::MAX_PROBLEMS;
use super::sections;
use super::source::Step;
use super::{Policy, PolicyDocument};
use crate::document::DocumentError;
use crate::model::Holder;

/// What kind of thing a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NounKind {
    /// Who holds.
    Identity,
    /// A login.
    Account,
    /// A system whose rights are governed.
    Application,
    /// What is protected.
    Resource,
    /// A right that can be held.
    Entitlement,
    /// A holding without asking.
    Standing,
    /// A stay in a group.
    Membership,
    /// A reason for access now.
    Event,
    /// A source of business events. Feeds need no declaration: they are known by what they report.
    Feed,
}

impl NounKind {
    /// The kind with its article, for messages.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Identity => "an identity",
            Self::Account => "an account",
            Self::Application => "an application",
            Self::Resource => "a resource",
            Self::Entitlement => "an entitlement",
            Self::Standing => "a standing assignment",
            Self::Membership => "a membership",
            Self::Event => "an event",
            Self::Feed => "a feed",
        }
    }

    /// The key of the document under which it is declared.
    const fn section(self) -> &'static str {
        match self {
            Self::Identity => "identities",
            Self::Account => "accounts",
            Self::Application => "applications",
            Self::Resource => "resources",
            Self::Entitlement => "entitlements",
            Self::Standing => "standing",
            Self::Membership => "memberships",
            Self::Event => "events",
            Self::Feed => "feeds",
        }
    }

    fn is_declared(self, document: &PolicyDocument, id: &str) -> bool {
        match self {
            Self::Identity => document.identities.contains_key(id),
            Self::Account => document.accounts.contains_key(id),
            Self::Application => document.applications.contains_key(id),
            Self::Resource => document.resources.contains_key(id),
            Self::Entitlement => document.entitlements.contains_key(id),
            Self::Standing => document.standing.contains_key(id),
            Self::Membership => document.memberships.contains_key(id),
            Self::Event => document.events.contains_key(id),
            Self::Feed => true,
        }
    }

    /// The declared id that was probably meant, while not too many problems were found before.
    fn nearest(self, document: &PolicyDocument, id: &str, problems: usize) -> Option<String> {
        match self {
            Self::Identity => near(problems, id, document.identities.keys().map(AsRef::as_ref)),
            Self::Account => near(problems, id, document.accounts.keys().map(AsRef::as_ref)),
            Self::Application => near(problems, id, document.applications.keys().map(AsRef::as_ref)),
            Self::Resource => near(problems, id, document.resources.keys().map(AsRef::as_ref)),
            Self::Entitlement => near(problems, id, document.entitlements.keys().map(AsRef::as_ref)),
            Self::Standing => near(problems, id, document.standing.keys().map(AsRef::as_ref)),
            Self::Membership => near(problems, id, document.memberships.keys().map(AsRef::as_ref)),
            Self::Event => near(problems, id, document.events.keys().map(AsRef::as_ref)),
            Self::Feed => None,
        }
    }
}

impl Policy {
    /// The names that the document uses and neither declares nor finds `known`: problems with the code
    /// `model.dangling`, in the order of the sections, at most 1,000.
    ///
    /// ```
    /// use tenure::policy::Policy;
    ///
    /// let policy = Policy::from_json(
    ///     r#"{"tenure": 1, "identities": {"ann": {"kind": "human"}, "bot": {"kind": "agent", "owner": "anne"}}}"#,
    /// )?;
    /// let problems = policy.dangling(|_, _| false);
    /// assert_eq!(problems[0].message(), "`anne` is not an identity; did you mean `ann`?");
    /// assert_eq!(problems[0].pointer(), "/identities/bot/owner");
    /// assert!(policy.dangling(|_, id| id == "anne").is_empty());
    /// # Ok::<(), tenure::policy::PolicyError>(())
    /// ```
    pub fn dangling(&self, known: impl Fn(NounKind, &str) -> bool) -> Vec<DocumentError> {
        let document = self.document();
        let mut found = Vec::new();
        each_use(document, |kind, id, path| {
            if found.len() >= MAX_PROBLEMS || kind.is_declared(document, id) || known(kind, id) {
                return;
            }
            let near = kind.nearest(document, id, found.len());
            let (what, section) = (kind.in_words(), kind.section());
            let message = match &near {
                Some(near) => format!("`{id}` is not {what}; did you mean `{near}`?"),
                None => format!("`{id}` is not {what}; declare it under `{section}`"),
            };
            found.push(self.source.problem("model.dangling", path, message).suggesting(near));
        });
        found
    }
}

/// Hands every name that the document uses to `each`, with the way to it.
fn each_use(document: &PolicyDocument, mut each: impl FnMut(NounKind, &str, &[Step<'_>])) {
    use NounKind::{Application, Entitlement, Feed, Identity, Resource};
    use Step::{Item, Key};

    for (id, account) in &document.accounts {
        let at = |key| [Key("accounts"), Key(id.as_str()), Key(key)];
        each(Application, account.application.as_str(), &at("application"));
        if let Some(identity) = &account.identity {
            each(Identity, identity.as_str(), &at("identity"));
        }
    }
    for (id, application) in &document.applications {
        if let Some(owner) = &application.owner {
            each(Identity, owner.as_str(), &[Key("applications"), Key(id.as_str()), Key("owner")]);
        }
    }
    for rule in sections::rules(document) {
        let top = || vec![Key(rule.section), Key(rule.id)];
        let mut of_rule = |kind, name: &str, way: &[Step<'_>]| {
            let path: Vec<Step<'_>> = top().into_iter().chain(way.iter().cloned()).collect();
            each(kind, name, &path);
        };
        if let Some(what) = rule.what {
            for (n, name) in what.applications.iter().flatten().enumerate() {
                let way = [Key("what"), Key("applications"), member(name.as_str(), n)];
                of_rule(Application, name.as_str(), &way);
            }
            for (n, name) in what.ids.iter().flatten().enumerate() {
                of_rule(Entitlement, name.as_str(), &[Key("what"), Key("ids"), member(name.as_str(), n)]);
            }
        }
        for (n, name) in rule.scopes.iter().flat_map(|scopes| scopes.iter()).enumerate() {
            of_rule(Resource, name.as_str(), &[Key("where"), Item(n)]);
        }
        if let Some(who) = rule.who {
            for (n, name) in who.groups.iter().flatten().enumerate() {
                of_rule(Entitlement, name.as_str(), &[Key("who"), Key("groups"), member(name.as_str(), n)]);
            }
            for (n, name) in who.ids.iter().flatten().enumerate() {
                of_rule(Identity, name.as_str(), &[Key("who"), Key("ids"), member(name.as_str(), n)]);
            }
        }
        for (stage, item) in rule.stages.iter().zip(0usize..) {
            let way = |key, name| [Key("approvals"), Item(item), Key("approvers"), Key(key), name];
            for (n, name) in stage.approvers.groups.iter().enumerate() {
                of_rule(Entitlement, name.as_str(), &way("groups", member(name.as_str(), n)));
            }
            for (n, name) in stage.approvers.ids.iter().enumerate() {
                of_rule(Identity, name.as_str(), &way("ids", member(name.as_str(), n)));
            }
        }
    }
    for (id, rule) in &document.eligibility {
        for (n, name) in rule.requires.entitlements.iter().enumerate() {
            let path = [
                Key("eligibility"),
                Key(id.as_str()),
                Key("requires"),
                Key("entitlements"),
                member(name.as_str(), n),
            ];
            each(Entitlement, name.as_str(), &path);
        }
    }
    for (id, entitlement) in &document.entitlements {
        let at = |key| [Key("entitlements"), Key(id.as_str()), Key(key)];
        if let Some(application) = &entitlement.application {
            each(Application, application.as_str(), &at("application"));
        }
        for (n, edge) in entitlement.implies.iter().enumerate() {
            let at = |key| [Key("entitlements"), Key(id.as_str()), Key("implies"), Item(n), Key(key)];
            each(Entitlement, edge.entitlement.as_str(), &at("entitlement"));
            if let Some(scope) = &edge.scope {
                each(Resource, scope.as_str(), &at("scope"));
            }
        }
        if let Some(owner) = &entitlement.owner {
            each(Identity, owner.as_str(), &at("owner"));
        }
    }
    for (id, event) in &document.events {
        let at = |key, n| [Key("events"), Key(id.as_str()), Key(key), Item(n)];
        for (n, name) in event.ceiling.iter().flatten().enumerate() {
            each(Entitlement, name.as_str(), &at("ceiling", n));
        }
        if let Some(feed) = &event.feed {
            each(Feed, feed.as_str(), &[Key("events"), Key(id.as_str()), Key("feed")]);
        }
        for (n, name) in event.participants.iter().flatten().enumerate() {
            each(Identity, name.as_str(), &at("participants", n));
        }
    }
    for (id, identity) in &document.identities {
        let at = |key| [Key("identities"), Key(id.as_str()), Key(key)];
        if let Some(manager) = &identity.manager {
            each(Identity, manager.as_str(), &at("manager"));
        }
        if let Some(owner) = &identity.owner {
            each(Identity, owner.as_str(), &at("owner"));
        }
    }
    for (id, membership) in &document.memberships {
        let at = |key| [Key("memberships"), Key(id.as_str()), Key(key)];
        each(Entitlement, membership.group.as_str(), &at("group"));
        each(Identity, membership.member.as_str(), &at("member"));
        if let Some(scope) = &membership.scope {
            each(Resource, scope.as_str(), &at("scope"));
        }
    }
    for (id, resource) in &document.resources {
        let at = |key| [Key("resources"), Key(id.as_str()), Key(key)];
        if let Some(application) = &resource.application {
            each(Application, application.as_str(), &at("application"));
        }
        if let Some(owner) = &resource.owner {
            each(Identity, owner.as_str(), &at("owner"));
        }
        if let Some(parent) = &resource.parent {
            each(Resource, parent.as_str(), &at("parent"));
        }
    }
    for (id, standing) in &document.standing {
        let at = |key| [Key("standing"), Key(id.as_str()), Key(key)];
        let holder = |key| [Key("standing"), Key(id.as_str()), Key("holder"), Key(key)];
        each(Entitlement, standing.entitlement.as_str(), &at("entitlement"));
        match &standing.holder {
            Holder::Group(group) => each(Entitlement, group.as_str(), &holder("group")),
            Holder::Identity(identity) => each(Identity, identity.as_str(), &holder("identity")),
        }
        if let Some(scope) = &standing.scope {
            each(Resource, scope.as_str(), &at("scope"));
        }
    }
}

/// An item of a list that is kept as a set.
fn member(name: &str, n: usize) -> Step<'_> {
    Step::Member(Cow::Borrowed(name), n)
}
