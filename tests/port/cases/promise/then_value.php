<?php
/* @oracle {"answers": [{"code_url": "weixin://x"}]} */
$url = $instance->chain('v3/pay/transactions/native')->postAsync(['json' => ['n' => 1]])->then(function ($response) {
    $data = json_decode((string) $response->getBody(), true);
    return $data['code_url'];
})->wait();
echo $url;
