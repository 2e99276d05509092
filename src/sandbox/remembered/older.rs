//! Records of checkpoints that an older version has written.

use super::Records;
use crate::service_order;

impl Records {
    /// Moves the numbers of service orders into their family: they shared one with the rest of `v3/payscore`.
    pub(super) fn with_present_families(mut self) -> Self {
        let family = service_order::FAMILY;
        for (row, record) in &mut self.rows {
            if record.family == family || !service_order::is_operation(record.maker) {
                continue;
            }
            record.family = family;
            for key in &mut record.keys {
                if let Some(rows) = self.index.get_mut(key) {
                    rows.retain(|it| it != row);
                }
                key.0 = family;
                self.names.insert((family, key.1.clone()));
                self.index.entry(key.clone()).or_default().push(*row);
            }
        }
        self.index.retain(|_, rows| !rows.is_empty());
        self
    }
}
