//! Percent-encoding (RFC 3986, section 2.1).

/// Writes a text with every byte as `%XX` but for letters, digits, and those that stay where they are.
pub(crate) fn encode(text: &str, stays: impl Fn(usize, u8) -> bool, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || stays(at, byte) {
            out.push(char::from(byte));
        } else {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)]));
            out.extend(['%', high, low]);
        }
    }
}
