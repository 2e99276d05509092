<?php
/* @oracle {"answers": [{"code_url": "weixin://x", "amount": {"total": 3}}]} */
$data = json_decode((string) $instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => 1]])->getBody());
echo $data->code_url, $data->amount->total, $data->none ?? 'no';
