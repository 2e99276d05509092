<?php
/* @oracle {"calls": [{"new": "A", "with": ["@instance"], "call": "go", "args": []}], "answers": [{"a": 1}]} */
class A { private $c; public function __construct($c) { $this->c = $c; lock('a'); } public function __destruct() { unlock('a'); }
 public function go() { return $this->c->chain('v3/certificates')->get()->getStatusCode(); } }
