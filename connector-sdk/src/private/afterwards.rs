//! What of a published schema the typed parser leaves unchecked, and is checked after it.

use serde_json::Value;

#[cfg(feature = "validate")]
use super::fault;
use super::unique;
#[cfg(feature = "validate")]
use crate::Error;
use crate::Result;
use crate::manifest::Probes;

/// What is checked of the values of one schema after they were parsed; for nearly all schemas nothing.
pub(super) struct Afterwards {
    unique: bool,
    #[cfg(feature = "validate")]
    validator: Option<jsonschema::Validator>,
    /// Whether the validator's own errors would take too long (see `fault.rs`).
    #[cfg(feature = "validate")]
    recursive: bool,
}

impl Afterwards {
    #[cfg(not(feature = "validate"))]
    pub(super) fn new(schema: &Value, _: &mut Vec<String>, _: &mut Probes) -> Self {
        Self { unique: unique::is_published(schema) }
    }

    /// Compiles a validator where there is something that only a validator enforces, or may be.
    #[cfg(feature = "validate")]
    pub(super) fn new(schema: &Value, unenforced: &mut Vec<String>, probes: &mut Probes) -> Self {
        let told = crate::manifest::told(schema, unenforced, probes);
        let needed = !told.open.is_empty() || !told.untold.is_empty();
        let validator = needed.then(|| jsonschema::draft202012::new(schema).ok()).flatten();
        if validator.is_some() || !needed {
            unenforced.clear();
            *probes = Probes::default();
        }
        let recursive = validator.is_some() && fault::is_recursive(schema);
        Self { unique: unique::is_published(schema), validator, recursive }
    }

    #[cfg(not(feature = "validate"))]
    pub(super) fn is_needed(&self) -> bool {
        self.unique
    }

    #[cfg(feature = "validate")]
    pub(super) fn is_needed(&self) -> bool {
        self.unique || self.validator.is_some()
    }

    /// Checks a value of that schema that the typed parser took.
    pub(super) fn check(&self, schema: &Value, value: &Value) -> Result<()> {
        #[cfg(feature = "validate")]
        if let Some(validator) = &self.validator {
            if self.recursive {
                if !validator.is_valid(value) {
                    return Err(Error::usage(fault::explain(schema, value)));
                }
            } else if let Some(error) = validator.iter_errors(value).next() {
                let at = error.instance_path().to_string();
                let at = if at.is_empty() { "the value".to_owned() } else { format!("`{at}`") };
                return Err(Error::usage(format!("{at}: {error}")));
            }
        }
        if self.unique { unique::check(schema, value) } else { Ok(()) }
    }
}
