use std::sync::OnceLock;

/// One value for each process that shares this memory after a fork.
///
/// A forked child has a copy of its parent's memory, without its threads, and shares its sockets. It
/// creates its own value and never touches the parent's: a lock in it may be held for ever. Therefore
/// this type has no lock.
pub(crate) struct PerProcess<T> {
    own: OnceLock<(u32, T)>,
    child: OnceLock<Box<Self>>,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self {
            own: OnceLock::new(),
            child: OnceLock::new(),
        }
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.of(std::process::id(), make)
    }

    fn of(&self, process: u32, make: impl FnOnce() -> T) -> &T {
        let mut node = self;
        while let Some((owner, value)) = node.own.get() {
            if *owner == process {
                return value;
            }
            node = node.child.get_or_init(|| Box::new(Self::new()));
        }
        // Another thread of this process may have been first; its value is equivalent.
        &node.own.get_or_init(|| (process, make())).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_keeps_a_separate_value() {
        let values = PerProcess::new();
        assert_eq!(*values.of(1, || "parent"), "parent");
        assert_eq!(*values.of(2, || "child"), "child");
        assert_eq!(*values.of(3, || "grandchild"), "grandchild");
        for (process, value) in [(1, "parent"), (2, "child"), (3, "grandchild")] {
            assert_eq!(*values.of(process, || "new"), value);
        }
    }
}
