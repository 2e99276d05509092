<?php
/* @oracle {"answers": [{"a": {"b": [1, {"c": null}], "d": true, "e": false, "f": 1.0, "g": ""}}]} */
print_r(json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true));
print_r('text');
print_r(5);
print_r(null);
print_r(false);
print_r([]);
echo print_r(['a' => 1], true);
