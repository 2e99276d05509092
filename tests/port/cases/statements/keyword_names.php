<?php
/* @oracle {"define": {"type": "T", "match": "M", "self_": "S"}, "answers": [{}]} */
$fn = 'f'; $impl = 'i'; $crate = 'c'; $async = 'a'; $loop = 'l'; $where = 'w'; $ref = 'r'; $mod = 'm'; $move = 'v'; $dyn = 'd'; $box = 'b'; $use = 'u'; $pub = 'p';
$instance->chain('v3/pay/transactions/native')->post(['json' => compact('fn', 'impl', 'crate', 'async', 'loop', 'where', 'ref', 'mod', 'move', 'dyn', 'box', 'use', 'pub', 'type', 'match', 'self_')]);
