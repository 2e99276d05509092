<?php
/* @oracle {"answers": [{"a": {"b": 1}}]} */
$data = json_decode((string) $instance->chain('v3/certificates')->get()->getBody(), true);
echo $data['a']['b'], $data['x']['y'] ?? 'none', isset($data['a']['c']) ? 'set' : 'unset', empty($data['a']['b']) ? 'empty' : 'full';
