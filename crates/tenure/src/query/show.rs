//! Answers for people.

use core::fmt;

use super::{
    Except, Holder, Holders, Needs, Offer, Offers, Path, Right, Rights, Stay, Tenure, TenureState, Tenures,
};
use crate::check::Access;
use crate::time::Timestamp;

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {} {}: ", self.source.words(), self.id)?;
        list(f, self.entitlements.iter(), " > ")?;
        if let Some(scope) = &self.scope {
            write!(f, " in {scope}")?;
        }
        window(f, self.from, self.until)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.identity, self.at)?;
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row}"))
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.permission())?;
        if let Some(scope) = &self.scope {
            write!(f, " in {scope}")?;
        }
        window(f, self.from, self.until)?;
        depends(f, self.answer, &self.missing)?;
        self.except.iter().try_for_each(|except| write!(f, "\n    except {except}"))?;
        self.via.iter().try_for_each(|path| write!(f, "\n    {path}"))
    }
}

impl fmt::Display for Except {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {}", self.scope)?;
        if let Some(rule) = &self.rule {
            write!(f, ", denied by {rule}")?;
        }
        if !self.conditions.is_empty() {
            f.write_str(", which counts only on ")?;
            list(f, self.conditions.iter(), ", ")?;
        }
        Ok(())
    }
}

impl fmt::Display for Holders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.permission, self.at)?;
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row}"))?;
        if self.complete { Ok(()) } else { writeln!(f, "  and others") }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.identity)?;
        window(f, self.from, self.until)?;
        depends(f, self.answer, &self.missing)?;
        self.via.iter().try_for_each(|path| write!(f, "\n    {path}"))
    }
}

impl fmt::Display for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.identity, self.at)?;
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "  {row}"))
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.entitlement)?;
        if let Some(scope) = &self.scope {
            write!(f, " in {scope}")?;
        }
        if !self.requestable {
            f.write_str(": no")?;
        }
        if let Some(max) = self.max {
            write!(f, " for {max}")?;
        }
        if let Some(until) = self.until {
            write!(f, " until {until}")?;
        }
        match (self.held, self.held_until) {
            (true, Some(until)) => write!(f, ", held until {until}")?,
            (true, None) => f.write_str(", held")?,
            (false, _) => {}
        }
        if !self.rules.is_empty() {
            f.write_str(" (")?;
            list(f, self.rules.iter(), ", ")?;
            f.write_str(")")?;
        }
        if !self.needs.is_empty() {
            write!(f, "{}", self.needs)?;
        }
        self.reasons.iter().try_for_each(|reason| write!(f, "\n    {reason}"))
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = [(self.reason, "a reason"), (self.ticket, "a ticket"), (self.duration, "a duration")];
        for (_, what) in said.iter().filter(|(needed, _)| *needed) {
            write!(f, "\n    needs {what}")?;
        }
        if let Some(event) = &self.event {
            f.write_str("\n    needs a business event")?;
            if let Some(kinds) = &event.kinds {
                f.write_str(" of kind ")?;
                list(f, kinds.iter(), ", ")?;
            }
            if !event.open.is_empty() {
                f.write_str(", such as ")?;
                list(f, event.open.iter(), ", ")?;
            }
        }
        self.inputs.keys().try_for_each(|input| write!(f, "\n    needs the input {input}"))?;
        if !self.context.is_empty() {
            f.write_str("\n    needs to know ")?;
            list(f, self.context.iter(), ", ")?;
        }
        self.approvals.iter().try_for_each(|owed| write!(f, "\n    {owed}"))
    }
}

impl fmt::Display for Tenures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.identity, self.at)?;
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        self.sources.iter().try_for_each(|source| writeln!(f, "  {source}"))
    }
}

impl fmt::Display for Tenure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {} {}", self.entitlement, self.source.words(), self.id)?;
        if let Some(scope) = &self.scope {
            write!(f, " in {scope}")?;
        }
        if let Some(event) = &self.event {
            write!(f, " for {event}")?;
        }
        write!(f, ", {}", self.state)?;
        if !self.rules.is_empty() {
            f.write_str(" (")?;
            list(f, self.rules.iter(), ", ")?;
            f.write_str(")")?;
        }
        self.windows.iter().try_for_each(|stay| write!(f, "\n    {stay}"))
    }
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.start, self.end) {
            (Some(start), Some(end)) => write!(f, "{start} to {end}")?,
            (Some(start), None) => write!(f, "since {start}")?,
            (None, Some(end)) => write!(f, "until {end}")?,
            (None, None) => f.write_str("always")?,
        }
        if let Some(cause) = self.cause {
            write!(f, " ({cause})")?;
        }
        if !self.path.is_empty() {
            f.write_str(": ")?;
            list(f, self.path.iter(), " > ")?;
        }
        Ok(())
    }
}

impl fmt::Display for TenureState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Ended => "ended",
            Self::Paused => "paused",
            Self::Revoked => "revoked",
            Self::Scheduled => "scheduled",
            Self::Void => "void",
        })
    }
}

fn window(f: &mut fmt::Formatter<'_>, from: Option<Timestamp>, until: Option<Timestamp>) -> fmt::Result {
    if let Some(from) = from {
        write!(f, " since {from}")?;
    }
    if let Some(until) = until {
        write!(f, " until {until}")?;
    }
    Ok(())
}

fn depends(f: &mut fmt::Formatter<'_>, answer: Access, missing: &[alloc::string::String]) -> fmt::Result {
    if answer == Access::Conditional {
        f.write_str(", if ")?;
        list(f, missing.iter(), ", ")?;
        f.write_str(" say so")?;
    }
    Ok(())
}

fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    mut all: impl Iterator<Item = T>,
    between: &str,
) -> fmt::Result {
    if let Some(first) = all.next() {
        write!(f, "{first}")?;
    }
    all.try_for_each(|one| write!(f, "{between}{one}"))
}
