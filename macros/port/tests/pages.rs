//! Responses of PSR-7 that the application builds.

mod ported;

use ported::{holds, refused, text};

fn class(methods: &str) -> String {
    format!(
        "<?php use Psr\\Http\\Message\\ResponseInterface as Response; use Psr\\Http\\Message\\ServerRequestInterface as Request;
        class Pay {{ private \\WeChatPay\\BuilderChainable $api; {methods} }}"
    )
}

const JSON: &str = "private function json(Response $res, $data): Response { $res->getBody()->write(json_encode($data)); return $res; }";
const CALL: &str = "$this->api->chain('v3/certificates')->get()";

#[test]
fn a_response_that_is_given_on_to_be_built_is_the_applications() {
    let php = class(&format!(
        "{JSON} private function failed(Response $r): Response {{ return $this->json($r, 1); }}
        public function run(Response $response): Response {{ {CALL}; return $this->failed($response); }}"
    ));
    let made = text(&php);
    for expected in [
        "fn json(&self, res: &Value, data: ",
        "fn failed(&self, r: &Value)",
        "fn run(&self, response: &Value) -> php::Result<Value>",
    ] {
        assert!(made.contains(expected), "{expected}\n{made}");
    }
}

#[test]
fn a_response_beside_the_request_is_the_applications() {
    let php = class(&format!(
        "public function run(Request $request, Response $response): Response {{ {CALL}; return $response; }}"
    ));
    holds(&php, "response: &Value) -> php::Result<Value>");
    let closure = class(
        "public function add($app) { $app->get('/', function (Request $request, Response $response, array $args) { return $response; }); }",
    );
    holds(&closure, "response: &Value");
    holds(
        &closure,
        "&mut dyn FnMut(&Value, &Value, &Value) -> php::Result<Value>",
    );
}

#[test]
fn an_answer_of_wechat_pay_stays_one() {
    let php = class(&format!(
        "private function text(Response $r): string {{ return (string) $r->getBody(); }}
        public function run(Request $request): Response {{ return {CALL}; }}
        public function body() {{ return $this->text({CALL}); }}"
    ));
    let made = text(&php);
    assert!(made.contains("fn text(&self, r: &Response)"), "{made}");
    assert!(
        made.contains("fn run(&self, request: &Value) -> php::Result<Response>"),
        "{made}"
    );
}

/// The application's responses are no answers, and answers are not the application's.
#[test]
fn one_parameter_for_both_is_refused() {
    let php = class(&format!(
        "{JSON} public function run() {{ return $this->json({CALL}, 1); }}"
    ));
    refused(&php, "an answer where a plain value is expected");
    let both = class(&format!(
        "public function run(Request $request, Response $response): Response {{
            if ($request->ok()) {{ return $response; }} return {CALL}; }}"
    ));
    refused(&both, "an answer where a plain value is expected");
}
