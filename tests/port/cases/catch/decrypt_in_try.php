<?php
/* @oracle {"define": {"ciphertext": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "apiv3Key": "v3secretv3secretv3secretv3secret"}, "answers": [{}, {}]} */
use WeChatPay\Crypto\AesGcm;

try {
    $instance->chain('v3/certificates')->get();
    echo AesGcm::decrypt($ciphertext, $apiv3Key, '0123456789ab', 'transaction');
} catch (\Exception $e) {
    echo 'cannot open';
}
$instance->chain('v3/certificates')->get();
