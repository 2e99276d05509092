//! What the variables of a snippet are called in Rust: each has a name of its own.

use std::collections::BTreeMap;

use super::text::snake;

/// Names of PHP's variables, and Rust's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    rust: BTreeMap<String, String>,
    /// Two names of PHP that Rust would write alike.
    alike: Option<(String, String)>,
    reserved: &'static [&'static str],
}

/// What the porter calls things of its own.
pub(crate) const RESERVED: &[&str] = &["api"];

impl Names {
    /// The names for all that a text calls `$…`; those that need no other spelling come first.
    pub(crate) fn of(text: &str, reserved: &'static [&'static str]) -> Self {
        let found = found(text);
        let mut names = Self {
            reserved,
            ..Self::default()
        };
        let has = |name: &str| found.iter().any(|found| found == name);
        if has("instance") && !found.iter().any(|found| snake(found) == "client") {
            names
                .rust
                .insert("instance".to_owned(), "client".to_owned());
        }
        let (same, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|name| snake(name) == *name);
        for name in same.into_iter().chain(others) {
            if !names.rust.contains_key(&name) {
                let rust = names.free(&name);
                names.rust.insert(name, rust);
            }
        }
        names
    }

    fn free(&mut self, php: &str) -> String {
        let wanted = snake(php);
        let mut rust = wanted.clone();
        let mut number = 2;
        while self.reserved.contains(&&*rust) || self.is_taken(&rust) {
            if let Some((other, _)) = self.rust.iter().find(|(_, taken)| **taken == wanted)
                && number == 2
            {
                self.alike = Some((other.clone(), php.to_owned()));
            }
            rust = format!("{wanted}_{number}");
            number += 1;
        }
        rust
    }

    /// What `$name` is called.
    pub(crate) fn get(&self, php: &str) -> String {
        self.rust.get(php).cloned().unwrap_or_else(|| snake(php))
    }

    /// Whether a variable is called so.
    pub(crate) fn is_taken(&self, rust: &str) -> bool {
        self.rust.values().any(|taken| taken == rust)
    }

    /// Two names that Rust would write alike.
    pub(crate) fn alike(&self) -> Option<&(String, String)> {
        self.alike.as_ref()
    }
}

/// What stands behind a `$`, once each; `self::$client` is no variable.
fn found(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let marks = text.match_indices('$').map(|(at, _)| at);
    for at in marks.filter(|at| !text[..*at].ends_with("::")) {
        // PHP takes every byte beyond ASCII for a letter.
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
        let name: String = text[at + 1..].chars().take_while(|c| word(*c)).collect();
        if !name.is_empty() && !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_has_a_name_of_its_own() {
        let names = Names::of(
            "$orderId = $order_id; $client; $instance; $a😀; $a; $api;",
            RESERVED,
        );
        for (php, rust) in [
            ("orderId", "order_id_2"),
            ("order_id", "order_id"),
            ("client", "client"),
            ("instance", "instance"),
            ("a", "a"),
            ("a😀", "a_2"),
            ("api", "api_2"),
        ] {
            assert_eq!(names.get(php), rust);
        }
        assert!(names.alike().is_some());
        assert_eq!(Names::of("$instance; $x", &[]).get("instance"), "client");
    }
}
