<?php
/* @oracle {"answers": [{}]} */
use WeChatPay\Builder;

try {
    $made = Builder::factory(['mchid' => '1900000109', 'serial' => 'S1', 'certs' => []]);
    $made->chain('v3/certificates')->get();
    echo 'sent';
} catch (\InvalidArgumentException $e) {
    echo 'refused';
}
