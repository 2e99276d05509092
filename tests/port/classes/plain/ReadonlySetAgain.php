<?php
/* @oracle {"calls": [{"new": "B", "with": ["@instance", 5], "call": "go", "args": []}], "answers": [{"a": 1}]} */
class B { public function __construct(private readonly mixed $c, public readonly int $fee = 1) { }
 public function go() { try { $this->fee = 6; } catch (\Error $e) { $m = $e->getMessage(); } $this->c->chain('v3/x')->post(['json' => ['fee' => $this->fee]]); return $m ?? null; } }
