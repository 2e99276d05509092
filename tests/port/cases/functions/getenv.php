<?php
/* @oracle {"env": {"WECHATPAY_MCHID": "1900000109"}, "answers": [{}]} */
$mchid = getenv('WECHATPAY_MCHID');
$missing = getenv('WECHATPAY_NOT_THERE') ?: 'fallback';
$instance->chain('v3/pay/transactions/native')->post(['json' => ['mchid' => $mchid, 'note' => $missing]]);
