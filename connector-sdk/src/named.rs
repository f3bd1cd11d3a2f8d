//! Values by their names, in order of the names.
//!
//! A connection has a handful of them, for which a sorted list is as quick as a tree, and it is compiled in a
//! fraction of the time.

/// Values by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named<T>(Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a value, and returns the one that it replaces.
    pub(crate) fn insert(&mut self, name: String, value: T) -> Option<T> {
        let at = self.0.iter().position(|(known, _)| *known >= name).unwrap_or(self.0.len());
        match self.0.get_mut(at) {
            Some((known, old)) if *known == name => Some(std::mem::replace(old, value)),
            _ => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<T> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &String> {
        self.iter().map(|(name, _)| name)
    }
}

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(values: I) -> Self {
        let mut named = Self::default();
        for (name, value) in values {
            named.insert(name, value);
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_and_told_in_its_order() {
        let mut named: Named<u8> = [("b".to_owned(), 1), ("a".to_owned(), 2)].into_iter().collect();
        assert_eq!(named.insert("c".to_owned(), 3), None);
        assert_eq!(named.insert("a".to_owned(), 4), Some(2));
        assert!(named.keys().eq(["a", "b", "c"]) && named.iter().map(|(_, value)| *value).eq([4, 1, 3]));
        assert_eq!((named.get("b"), named.contains_key("d")), (Some(&1), false));
        assert_eq!((named.remove("b"), named.remove("b")), (Some(1), None));
        assert!(named.iter().eq([(&"a".to_owned(), &4), (&"c".to_owned(), &3)]));
    }
}
