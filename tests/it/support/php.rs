//! Parses the call of a documentation snippet: one method call on a chain, one array literal.
//!
//! Strict: anything outside the documented grammar panics, so that nothing is ignored.

use serde_json::{Map, Number, Value};

/// The parts of `$instance->v3->…->postAsync([ … ])`.
#[derive(Debug)]
pub(crate) struct Snippet {
    pub(crate) steps: Vec<Step>,
    /// `get`, `post`, …, without `Async`.
    pub(crate) verb: String,
    pub(crate) options: Map<String, Value>,
}

/// One link of the chain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `->name`
    Arrow(String),
    /// `->chain('…')`
    Chain(String),
    /// `['…']`
    Index(String),
}

/// Reads a snippet.
pub(crate) fn read(php: &str) -> Snippet {
    let start = php.rfind("$instance").expect("a call on $instance");
    let mut reader = Reader {
        rest: &php[start + "$instance".len()..],
    };
    reader.snippet()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn snippet(&mut self) -> Snippet {
        let mut steps = Vec::new();
        loop {
            if self.take("[") {
                steps.push(Step::Index(self.string()));
                self.expect("]");
                continue;
            }
            self.expect("->");
            let name = self.name();
            if !self.take("(") {
                steps.push(Step::Arrow(name));
            } else if name == "chain" {
                steps.push(Step::Chain(self.string()));
                self.expect(")");
            } else {
                return self.call(steps, &name);
            }
        }
    }

    fn call(&mut self, steps: Vec<Step>, name: &str) -> Snippet {
        let verb = name.strip_suffix("Async").unwrap_or(name).to_owned();
        assert!(["get", "post", "put", "patch", "delete"].contains(&&*verb));
        let options = match self.value() {
            Value::Object(options) => options,
            Value::Array(list) if list.is_empty() => Map::new(),
            other => panic!("the options are {other}"),
        };
        self.expect(")");
        Snippet {
            steps,
            verb,
            options,
        }
    }

    fn value(&mut self) -> Value {
        if self.take("[") {
            return self.array();
        }
        if self.take("true") {
            return Value::Bool(true);
        }
        if self.take("\\json_encode(") {
            let value = self.value();
            self.expect(")");
            return Value::String(json_encode(&value));
        }
        match self.peek() {
            '\'' => Value::String(self.string()),
            '$' => self.expression(),
            _ => Value::Number(self.number()),
        }
    }

    fn array(&mut self) -> Value {
        let (mut list, mut map) = (Vec::new(), Map::new());
        while !self.take("]") {
            let value = self.value();
            if self.take("=>") {
                let key = value.as_str().expect("a text as key").to_owned();
                let value = self.value();
                assert!(map.insert(key, value).is_none(), "a key stands twice");
            } else {
                list.push(value);
            }
            if !self.take(",") {
                self.expect("]");
                break;
            }
        }
        assert!(list.is_empty() || map.is_empty(), "half list, half map");
        if map.is_empty() {
            Value::Array(list)
        } else {
            Value::Object(map)
        }
    }

    /// `$stack`, `$media->getStream()`: kept as written.
    fn expression(&mut self) -> Value {
        self.expect("$");
        let mut text = format!("${}", self.name());
        while self.take("->") {
            text = format!("{text}->{}()", self.name());
            self.expect("(");
            self.expect(")");
        }
        Value::String(text)
    }

    fn string(&mut self) -> String {
        self.expect("'");
        let (text, rest) = self.rest.split_once('\'').expect("the end of a text");
        assert!(!text.contains('\\'), "an escape in {text}");
        self.rest = rest;
        text.to_owned()
    }

    fn number(&mut self) -> Number {
        let text = self.while_(|c| c.is_ascii_digit() || c == '.');
        text.parse().expect("a number")
    }

    fn name(&mut self) -> String {
        let name = self.while_(|c| c.is_ascii_alphanumeric() || c == '_');
        assert!(!name.is_empty(), "no name at {:.40}", self.rest);
        name
    }

    fn while_(&mut self, belongs: impl Fn(char) -> bool) -> String {
        self.skip();
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        text.to_owned()
    }

    fn expect(&mut self, token: &str) {
        assert!(self.take(token), "no {token} at {:.40}", self.rest);
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn peek(&mut self) -> char {
        self.skip();
        self.rest.chars().next().expect("more text")
    }

    /// White space and `// …`.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let Some(comment) = self.rest.strip_prefix("//") else {
                return;
            };
            self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }
}

/// PHP's `json_encode` without flags: `\/`, and `\uXXXX` for all non-ASCII characters.
pub(crate) fn json_encode(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match c {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out
}

#[test]
fn reads_each_form_of_a_call() {
    let pure = read(
        "$x->y();\n$instance->v3->wbChannel->_id_->postAsync([ // note 'x'\n 'id' => '//a',\n \
         'json' => ['n' => 1, 'f' => 1.5, 'l' => [['a' => true],], 'e' => []],\n])->wait();",
    );
    let arrow = |name: &str| Step::Arrow(name.into());
    assert_eq!(pure.steps, [arrow("v3"), arrow("wbChannel"), arrow("_id_")]);
    assert_eq!(pure.verb, "post");
    let expected = serde_json::json!({
        "id": "//a", "json": {"n": 1, "f": 1.5, "l": [{"a": true}], "e": []},
    });
    assert_eq!(Value::Object(pure.options), expected);
    let chain = read("$response = $instance->chain('v3/{id}')->get([]);");
    assert_eq!(chain.steps, [Step::Chain("v3/{id}".into())]);
    let index = read("$instance['v3/x']->put(['s' => \\json_encode(['中/'])]);");
    assert_eq!(index.steps, [Step::Index("v3/x".into())]);
    assert_eq!(index.options["s"], "[\"\\u4e2d\\/\"]");
}
