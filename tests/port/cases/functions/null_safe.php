<?php
/* @oracle {"answers": [{"a": {"b": 1}}, {}]} */
$data = json_decode((string) $instance->chain('v3/certificates')->get()->getBody());
echo $data?->a?->b, '|', $data->x?->y ?? 'none', '|', isset($data->a->b) ? 'set' : 'no';
$none = null;
echo $none?->a;
