//! One permission model. Every platform's words for it are derived from a [`Permission`].

use serde::{Deserialize, Serialize};

/// What an action may do to the world. The author states it; the rest is derived.
///
/// These are all that there are, so that a host can match on them and forget none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It changes nothing.
    Read,
    /// It makes or changes something.
    Write,
    /// It removes something, or can't be undone.
    Destructive,
}

impl Effect {
    /// The word that authors and manifests use: `read`, `write` or `destructive`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

/// How far a caller may go, from least to most (ArgentOS's words, its contract 1.4, and all of them).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Reading only.
    #[default]
    Readonly,
    /// Making and changing.
    Write,
    /// What has consequences for a business.
    Full,
    /// What can't be undone.
    Admin,
}

impl Mode {
    /// All modes, from least to most.
    pub const ALL: &'static [Self] = &[Self::Readonly, Self::Write, Self::Full, Self::Admin];

    /// `readonly`, `write`, `full` or `admin`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Readonly => "readonly",
            Self::Write => "write",
            Self::Full => "full",
            Self::Admin => "admin",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mode| mode.as_str() == name)
    }
}

/// Whether a person has to agree to a call first (PocketPaw's words, and all of them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// No.
    Auto,
    /// Yes.
    Confirm,
    /// Yes, and a host may refuse it altogether.
    Restricted,
}

impl Trust {
    /// `auto`, `confirm` or `restricted`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Confirm => "confirm",
            Self::Restricted => "restricted",
        }
    }
}

/// What an action may do and what it takes to be allowed to.
///
/// | effect | mode | trust | external side effect | risk tier |
/// |---|---|---|---|---|
/// | read | readonly | auto | no | 1 |
/// | write | write | confirm | yes | 2 |
/// | write, business | full | confirm | yes | 3 |
/// | destructive | admin | restricted | yes | 4 |
///
/// An action may ask for more than its effect does, never for less: [`Permission::at_least`] and
/// [`Permission::trusted`] take the stricter of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Permission {
    /// What the action may do.
    pub effect: Effect,
    /// The least mode that a caller needs.
    pub mode: Mode,
    /// Whether a person has to agree.
    pub trust: Trust,
    /// Whether it changes something outside this machine.
    pub external_side_effect: bool,
    /// Whether it touches nothing outside this machine.
    pub local: bool,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: bool,
    /// 1 (harmless) to 4 (can't be undone).
    pub risk_tier: u8,
}

impl Permission {
    /// What follows from an effect alone.
    pub const fn new(effect: Effect) -> Self {
        let (mode, trust, risk_tier) = match effect {
            Effect::Read => (Mode::Readonly, Trust::Auto, 1),
            Effect::Write => (Mode::Write, Trust::Confirm, 2),
            Effect::Destructive => (Mode::Admin, Trust::Restricted, 4),
        };
        Self {
            effect,
            mode,
            trust,
            external_side_effect: !matches!(effect, Effect::Read),
            local: false,
            idempotent: matches!(effect, Effect::Read),
            risk_tier,
        }
    }

    /// It has consequences for a business: orders, money, contracts.
    pub const fn business(mut self) -> Self {
        if self.risk_tier < 3 {
            self.risk_tier = 3;
        }
        self.at_least(Mode::Full)
    }

    /// It touches nothing outside this machine.
    pub const fn local(mut self) -> Self {
        self.local = true;
        self.external_side_effect = false;
        self
    }

    /// Doing it twice is the same as doing it once.
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The caller needs at least this mode.
    pub const fn at_least(mut self, mode: Mode) -> Self {
        if (self.mode as u8) < mode as u8 {
            self.mode = mode;
        }
        self
    }

    /// A person has to agree at least this much.
    pub const fn trusted(mut self, trust: Trust) -> Self {
        if (self.trust as u8) < trust as u8 {
            self.trust = trust;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_decides_the_rest() {
        let table = [
            (Permission::new(Effect::Read), Mode::Readonly, Trust::Auto, false, 1),
            (Permission::new(Effect::Write), Mode::Write, Trust::Confirm, true, 2),
            (Permission::new(Effect::Write).business(), Mode::Full, Trust::Confirm, true, 3),
            (Permission::new(Effect::Destructive), Mode::Admin, Trust::Restricted, true, 4),
        ];
        for (permission, mode, trust, external, tier) in table {
            assert_eq!(
                (permission.mode, permission.trust, permission.external_side_effect, permission.risk_tier),
                (mode, trust, external, tier)
            );
        }
    }

    #[test]
    fn refining_only_ever_makes_stricter() {
        let destructive = Permission::new(Effect::Destructive);
        assert_eq!(destructive.at_least(Mode::Write).mode, Mode::Admin);
        assert_eq!(destructive.trusted(Trust::Auto).trust, Trust::Restricted);
        assert_eq!(destructive.business().risk_tier, 4);
        let read = Permission::new(Effect::Read).trusted(Trust::Restricted).at_least(Mode::Full);
        assert_eq!((read.mode, read.trust), (Mode::Full, Trust::Restricted));
    }
}
