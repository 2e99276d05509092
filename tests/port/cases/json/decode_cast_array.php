<?php
/* @oracle {"answers": [{"code_url": "weixin://x"}]} */
$data = (array) json_decode((string) $instance->chain('v3/pay/transactions/native')->post(['json' => ['a' => 1]])->getBody());
echo $data['code_url'], count($data);
