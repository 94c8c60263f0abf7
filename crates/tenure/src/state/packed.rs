//! Nouns stand in a snapshot as canonical JSON, because their absent fields have no place in a packed row.

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

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        list: &Arc<Vec<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let texts: Result<Vec<String>, _> = list.iter().map(serde_json::to_string).collect();
        texts.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Vec<T>>, D::Error> {
        let texts = Vec::<&str>::deserialize(deserializer)?;
        let list: Result<Vec<T>, _> = texts.into_iter().map(serde_json::from_str).collect();
        list.map(Arc::new).map_err(serde::de::Error::custom)
    }
}
