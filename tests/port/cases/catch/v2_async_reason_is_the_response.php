<?php
/* @oracle {"runs": [{"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "SUCCESS", "prepay_id": "p"}}]}, {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "ORDERPAID"}}]}, {"answers": ["connect"]}]} */
$instance->v2->pay->unifiedorder->postAsync(['xml' => ['mch_id' => '1900000109', 'body' => 'x']])
    ->then(static function ($response) {
        echo \WeChatPay\Transformer::toArray((string) $response->getBody())['prepay_id'];
    })
    ->otherwise(static function ($e) {
        if ($e instanceof \Psr\Http\Message\ResponseInterface) {
            echo \WeChatPay\Transformer::toArray((string) $e->getBody())['err_code'];
        } else {
            echo 'exception';
        }
    })
    ->wait();
