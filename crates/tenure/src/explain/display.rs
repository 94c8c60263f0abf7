//! Explanations in words.

use core::fmt;

use super::{
    Alternative, Cause, CauseView, Correction, Explanation, ExplanationView, Longer, NearMiss, Step, Unmet,
    Witness,
};
use crate::decide::{Audience, Code, Verdict};

const STOPS: &str = "; nothing behind this was judged";

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Approve { owed } => {
                write!(f, "get the approval of {}", owed.stage.quorum)?;
                match &owed.stage.name {
                    Some(name) => write!(f, " in the stage `{name}`"),
                    None => match &owed.source {
                        Some(rule) => write!(f, " that `{rule}` asks for"),
                        None => Ok(()),
                    },
                }
            }
            Self::AskFor { entitlement, item: None } => write!(f, "ask for `{entitlement}`"),
            Self::AskFor { entitlement, item: Some(item) } => {
                write!(f, "ask for `{entitlement}` as item {item}")
            }
            Self::AskWithin { item: None, scope } => write!(f, "ask for it within `{scope}`"),
            Self::AskWithin { item: Some(item), scope } => write!(f, "ask for item {item} within `{scope}`"),
            Self::Cover { entitlement, event } => {
                write!(f, "have the business event `{event}` cover `{entitlement}`")
            }
            Self::Drop { entitlement, item } => write!(f, "leave out item {item}, `{entitlement}`"),
            Self::End { grant } => write!(f, "have the grant `{grant}` ended first"),
            Self::Except { rule } => write!(f, "have an exception made to the rule `{rule}`"),
            Self::Extend { duration, grant } => {
                write!(f, "extend the grant `{grant}` by `{duration}` instead")
            }
            Self::Fill { input, value } => write!(f, "fill in the input `{input}`, for example `{value}`"),
            Self::GiveBack { grant } => write!(f, "give back the grant `{grant}` first"),
            Self::Hold { entitlement, identity } => write!(f, "have `{identity}` hold `{entitlement}` first"),
            Self::Join { group, identity } => write!(f, "have `{identity}` join the group `{group}`"),
            Self::Last { duration } => write!(f, "ask for `{duration}`"),
            Self::LeaveEvent => f.write_str("name no business event"),
            Self::NameEvent { event } => write!(f, "name the business event `{event}`"),
            Self::NameRule { rule } => write!(f, "choose the rule `{rule}`"),
            Self::Obtain { entitlement, .. } => write!(f, "obtain `{entitlement}` first"),
            Self::Own { identity, owner } => write!(f, "have `{owner}` answer for `{identity}`"),
            Self::Participate { event, identity } => {
                write!(f, "have `{identity}` take part in the business event `{event}`")
            }
            Self::Reason => f.write_str("say why you need it"),
            Self::Rejoin { identity } => write!(f, "have `{identity}` join again"),
            Self::Rename { request } => write!(f, "ask under a new id, for example `{request}`"),
            Self::Renew { grant } => write!(f, "ask anew for what `{grant}` gave"),
            Self::Report { feed } => write!(f, "have the feed `{feed}` report"),
            Self::Resume { identity } => write!(f, "have the suspension of `{identity}` lifted"),
            Self::Say { name, value } if name.as_str() == "session.ends_at" => {
                write!(f, "say when the session ends, as `{name}`, for example `{value}`")
            }
            Self::Say { name, value } => write!(f, "ask where `{name}` is `{value}`, and say so"),
            Self::Set { attribute, identity, value } => {
                write!(f, "have `{attribute}` of `{identity}` set to `{value}`")
            }
            Self::Start { at } => write!(f, "ask for it from `{at}` on"),
            Self::StartNow => f.write_str("ask for it from now on"),
            Self::Ticket => f.write_str("name the ticket that tracks it"),
            Self::Wait { until } => write!(f, "wait until `{until}`, and ask again"),
        }
    }
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.steps.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            step.fmt(f)?;
        }
        if self.verdict == Verdict::Pending {
            f.write_str(" (then an approval is owed)")?;
        }
        Ok(())
    }
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unmet.is_empty() {
            return write!(f, "the rule `{}` matches, but not all of the conditions and choices", self.rule);
        }
        write!(f, "the rule `{}` does not match:", self.rule)?;
        for (n, unmet) in self.unmet.iter().enumerate() {
            let sign = if n > 0 { "," } else { "" };
            let words = match unmet {
                Unmet::Attributes => "it wants other attributes",
                Unmet::Groups => "it speaks of members of a group",
                Unmet::Ids => "it names others",
                Unmet::Kinds => "it speaks of identities of another kind",
                Unmet::Valid => "it does not count at the time",
                Unmet::Where => "it speaks of other places",
            };
            write!(f, "{sign} {words}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.for_audience(Audience::Admin).map_or(Ok(()), |told| told.fmt(f))
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.words(), self.name)?;
        f.write_str(if self.sole { ", without which it would be denied" } else { "" })
    }
}

impl fmt::Display for Longer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("without")?;
        for (n, bound) in self.binding.iter().enumerate() {
            f.write_str(if n > 0 { ", " } else { " " })?;
            write!(f, "the limit `{}`", bound.kind.word())?;
            if let Some(source) = &bound.source {
                write!(f, " of `{source}`")?;
            }
        }
        match self.until {
            Some(until) => write!(f, " it would end at `{until}`")?,
            None => f.write_str(" nothing would end it, so it could not be granted")?,
        }
        match &self.step {
            Some(step) => write!(f, ": {step}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: it gives {} of {} permissions", self.step, self.shared, self.asked)?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} others"),
        }
    }
}

impl fmt::Display for CauseView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraint { reason, stops, .. } => {
                reason.fmt(f)?;
                f.write_str(if *stops { STOPS } else { "" })
            }
            Self::Owed { owed } => owed.fmt(f),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.for_audience(Audience::Admin).fmt(f)
    }
}

impl fmt::Display for ExplanationView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.verdict {
            Verdict::Permit => "permit",
            Verdict::Pending => "pending, because",
            Verdict::Deny => "deny, because",
        };
        writeln!(f, "{why}")?;
        let item = |cause: &CauseView| match cause {
            CauseView::Constraint { reason, .. } => reason.item,
            CauseView::Owed { owed } => Some(owed.item),
        };
        let several = self.causes.iter().any(|cause| item(cause).is_some_and(|item| item > 0));
        for cause in &self.causes {
            match item(cause).filter(|_| several) {
                Some(item) => writeln!(f, "  item {item}: {cause}")?,
                None => writeln!(f, "  {cause}")?,
            }
            if let CauseView::Constraint { near, reason, .. } = cause {
                near.iter().try_for_each(|near| writeln!(f, "    {near}"))?;
                if near.is_empty() && reason.code == Code::EligibilityNone && self.audience.knows_rules() {
                    writeln!(f, "    no rule speaks of it")?;
                }
            }
        }
        // Which item a line is about is only worth saying where there are several.
        if self.witnesses.iter().all(|witness| witness.item == 0) {
            list(f, "resting on", &self.witnesses)?;
        } else {
            writeln!(f, "resting on")?;
            self.witnesses.iter().try_for_each(|one| writeln!(f, "  item {}: {one}", one.item))?;
        }
        list(f, "what would change it", &self.corrections)?;
        if self.corrections.is_empty() && self.verdict != Verdict::Permit {
            let whom = if self.audience.knows_rules() {
                "nothing that was tried"
            } else {
                "nothing that you can do yourself"
            };
            writeln!(f, "what would change it\n  {whom}")?;
        }
        if self.longer.iter().all(|longer| longer.item == 0) {
            list(f, "how long", &self.longer)?;
        } else {
            writeln!(f, "how long")?;
            self.longer.iter().try_for_each(|one| writeln!(f, "  item {}: {one}", one.item))?;
        }
        list(f, "instead", &self.alternatives)?;
        if !self.complete {
            writeln!(f, "not everything was tried")?;
        }
        list(f, "mind", &self.mind)?;
        Ok(())
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, title: &str, items: &[T]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}")?;
    items.iter().try_for_each(|item| writeln!(f, "  {item}"))
}
