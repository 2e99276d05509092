//! The uploaded files.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
#[cfg(feature = "state")]
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "state")]
use crate::journal::Blob;

/// The greatest total size; the oldest files are dropped first.
const KEPT_BYTES: usize = 64 << 20;
/// The greatest number of files.
const KEPT: usize = 10_000;

/// Files by their media id, bounded by [`KEPT_BYTES`] and [`KEPT`].
#[derive(Clone, Default)]
pub(crate) struct Files {
    kept: HashMap<String, Bytes>,
    /// Oldest first.
    ids: VecDeque<String>,
    bytes: usize,
}

impl Files {
    pub(crate) fn insert(&mut self, id: String, content: Bytes) {
        if self.kept.contains_key(&id) {
            return;
        }
        self.bytes += content.len();
        self.ids.push_back(id.clone());
        self.kept.insert(id, content);
        while self.bytes > KEPT_BYTES || self.ids.len() > KEPT {
            let Some(oldest) = self.ids.pop_front() else {
                return;
            };
            let gone = self.kept.remove(&oldest);
            self.bytes -= gone.map_or(0, |gone| gone.len());
        }
    }
}

impl Files {
    pub(crate) fn get(&self, id: &str) -> Option<&Bytes> {
        self.kept.get(id)
    }
}

/// Ids and contents, oldest first.
#[cfg(feature = "state")]
impl Serialize for Files {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let content = |id| {
            self.kept
                .get(id)
                .cloned()
                .map(|content| (id, Blob(content)))
        };
        serializer.collect_seq(self.ids.iter().filter_map(content))
    }
}

#[cfg(feature = "state")]
impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut images = Self::default();
        for (id, content) in Vec::<(String, Blob)>::deserialize(deserializer)? {
            images.insert(id, content.0);
        }
        Ok(images)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_images_go_first_and_the_memory_is_bounded() {
        let mut images = Files::default();
        let image = Bytes::from(vec![0; 16 << 20]);
        for id in ["1", "2", "3", "4", "4"] {
            images.insert(id.to_owned(), image.clone());
        }
        assert_eq!((images.kept.len(), images.bytes), (4, KEPT_BYTES));
        images.insert("5".to_owned(), Bytes::from_static(b"x"));
        assert!(!images.kept.contains_key("1") && images.kept.contains_key("5"));
        assert_eq!(images.bytes, (48 << 20) + 1);
        for id in 0..KEPT + 2 {
            images.insert(format!("small{id}"), Bytes::new());
        }
        assert_eq!((images.kept.len(), images.ids.len()), (KEPT, KEPT));
        assert_eq!(images.bytes, 0);
    }
}
