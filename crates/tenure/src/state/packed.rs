//! How rows stand in a snapshot: nouns as canonical JSON, because their absent fields have no place in a packed
//! row; the many rows of plain numbers as they are, because nothing else is read as fast.

pub(super) mod optional {
    use alloc::string::String;
    use alloc::sync::Arc;

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Arc<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = match value {
            Some(value) => serde_json::to_string(value).map_err(serde::ser::Error::custom)?,
            None => String::new(),
        };
        text.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<T>>, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(text).map(|value| Some(Arc::new(value))).map_err(serde::de::Error::custom)
    }
}

pub(super) mod list {
    use alloc::string::String;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::store::Pages;

    pub(crate) trait List: Sized {
        type Item;
        fn items(&self) -> impl Iterator<Item = &Self::Item>;
        fn of(items: Vec<Self::Item>) -> Option<Self>;
    }

    impl<T> List for Arc<Vec<T>> {
        type Item = T;

        fn items(&self) -> impl Iterator<Item = &T> {
            self.iter()
        }

        fn of(items: Vec<T>) -> Option<Self> {
            Some(Self::new(items))
        }
    }

    impl<T> List for Pages<T> {
        type Item = T;

        fn items(&self) -> impl Iterator<Item = &T> {
            self.iter()
        }

        fn of(items: Vec<T>) -> Option<Self> {
            Self::collect(items.into_iter())
        }
    }

    pub(crate) fn serialize<L: List<Item: Serialize>, S: Serializer>(
        list: &L,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let texts: Result<Vec<String>, _> = list.items().map(serde_json::to_string).collect();
        texts.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, L: List<Item: DeserializeOwned>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<L, D::Error> {
        let texts = Vec::<&str>::deserialize(deserializer)?;
        let list: Result<Vec<L::Item>, _> = texts.into_iter().map(serde_json::from_str).collect();
        let list = L::of(list.map_err(serde::de::Error::custom)?);
        list.ok_or_else(|| serde::de::Error::custom("there are more items than references"))
    }
}

pub(super) mod rows {
    use alloc::vec::Vec;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::store::{Pages, Raw};

    pub(crate) fn serialize<T: Raw, S: Serializer, const PAGE: usize>(
        rows: &Pages<T, PAGE>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(rows.len().saturating_mul(T::SIZE));
        rows.iter().for_each(|row| row.put(&mut bytes));
        serializer.serialize_bytes(&bytes)
    }

    pub(crate) fn deserialize<'de, T: Raw, D: Deserializer<'de>, const PAGE: usize>(
        deserializer: D,
    ) -> Result<Pages<T, PAGE>, D::Error> {
        let mut bytes = <&[u8]>::deserialize(deserializer)?;
        let count = bytes.len().checked_div(T::SIZE).unwrap_or(0);
        let pages = Pages::collect(core::iter::from_fn(|| T::take(&mut bytes)));
        match pages {
            Some(pages) if bytes.is_empty() && pages.len() == count => Ok(pages),
            _ => Err(serde::de::Error::custom("a row means nothing")),
        }
    }
}
