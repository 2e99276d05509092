<?php
/* @oracle {"answers": [{"a": {"b": [1, null], "d": true, "f": 1.5, "g": "x"}}]} */
var_dump(json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true));
