<?php
/* @oracle {"answers": [{}]} */
use WeChatPay\Builder;

try {
    $made = Builder::factory(['mchid' => '1900000109', 'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1', 'certs' => []]);
    $made->chain('v3/certificates')->get();
    echo 'sent';
} catch (\InvalidArgumentException $e) {
    echo 'refused';
}
