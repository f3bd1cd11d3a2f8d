//! What a value should have been, in the words of whoever sent it. serde names the Rust type: `u32`.

/// An error of serde with the type that it expected said plainly.
#[cold]
pub(super) fn plain(words: &str) -> String {
    const EXPECTED: &str = ", expected ";
    let Some(at) = words.rfind(EXPECTED) else { return words.to_owned() };
    let (before, name) = words.split_at(at + EXPECTED.len());
    match described(name) {
        Some(description) => format!("{before}{description}"),
        None => words.to_owned(),
    }
}

fn described(name: &str) -> Option<String> {
    macro_rules! whole {
        ($($ty:ident)*) => {
            match name {
                $(stringify!($ty) => format!("a whole number from {} to {}", $ty::MIN, $ty::MAX),)*
                $(concat!("a nonzero ", stringify!($ty)) => {
                    format!("a whole number from {} to {} that is not 0", $ty::MIN, $ty::MAX)
                })*
                "f32" | "f64" => "a number".to_owned(),
                "path string" => "a string".to_owned(),
                _ => return None,
            }
        };
    }
    Some(whole!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroI8;
    use std::path::PathBuf;

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    fn said<T: DeserializeOwned>(value: Value) -> Option<String> {
        serde_json::from_value::<T>(value).err().map(|error| plain(&error.to_string()))
    }

    #[test]
    fn no_type_of_rust_is_named() {
        for (said, expected) in [
            (said::<u8>(json!(-1)), "invalid value: integer `-1`, expected a whole number from 0 to 255"),
            (
                said::<i8>(json!(1.5)),
                "invalid type: floating point `1.5`, expected a whole number from -128 to 127",
            ),
            (said::<f64>(json!("1")), "invalid type: string \"1\", expected a number"),
            (said::<PathBuf>(json!(5)), "invalid type: integer `5`, expected a string"),
            (
                said::<NonZeroI8>(json!(0)),
                "invalid value: integer `0`, expected a whole number from -128 to 127 that is not 0",
            ),
            (said::<String>(json!(", expected u8")), ""),
            (
                said::<bool>(json!(", expected u8")),
                "invalid type: string \", expected u8\", expected a boolean",
            ),
        ] {
            assert_eq!(said.unwrap_or_default(), expected);
        }
    }
}
