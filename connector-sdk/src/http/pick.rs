//! What stands in an answer at a path of names, without making values of the rest.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The JSON text at a path: `data.items`, `results.0`; an empty path is the whole. None: nothing is there.
///
/// # Errors
///
/// The text is no JSON.
pub(super) fn pick<'j>(json: &'j [u8], path: &str) -> serde_json::Result<Option<&'j RawValue>> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let found = Pick(path).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found)
}

struct Pick<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for Pick<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.0 {
            "" => serde::Deserialize::deserialize(deserializer).map(Some),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl Pick<'_> {
    /// The first name, and what is left below it.
    fn split(&self) -> (&str, Self) {
        let (name, rest) = self.0.split_once('.').unwrap_or((self.0, ""));
        (name, Self(rest))
    }
}

impl<'de> Visitor<'de> for Pick<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (name, rest) = self.split();
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == name {
                found = map.next_value_seed(Pick(rest.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let (name, rest) = self.split();
        let place = name.parse::<usize>().ok();
        let (mut found, mut at) = (None, 0);
        loop {
            if place == Some(at) {
                let Some(item) = list.next_element_seed(Pick(rest.0))? else { break };
                found = item;
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
            at += 1;
        }
        Ok(found)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(json: &str, path: &str) -> Option<String> {
        pick(json.as_bytes(), path).expect("JSON").map(|raw| raw.get().to_owned())
    }

    #[test]
    fn a_path_of_names_is_followed() {
        let json = r#" {"data": {"items": [1, {"x": [2.50, "é"]}], "none": null}, "a": 1} "#;
        for (path, expected) in [
            ("", Some(json.trim())),
            ("a", Some("1")),
            ("data.items.1.x", Some(r#"[2.50, "é"]"#)),
            ("data.items.1.x.0", Some("2.50")),
            ("data.none", Some("null")),
            ("data.items.2", None),
            ("data.items.x", None),
            ("data.none.x", None),
            ("a.b", None),
            ("b", None),
        ] {
            assert_eq!(picked(json, path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_wherever_it_breaks() {
        for json in ["", "{", r#"{"a":1} x"#, r#"{"a":NaN}"#, r#"{"b":{]}"#, "<html>"] {
            assert!(pick(json.as_bytes(), "a").is_err(), "{json}");
        }
    }
}
