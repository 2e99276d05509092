<?php
/* @oracle {"runs": [
 {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "SUCCESS", "refund_id": "5"}}]},
 {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "NOTENOUGH", "err_code_des": "poor"}}]},
 {"answers": [{"xml": {"return_code": "FAIL", "return_msg": "sign"}}]}, {"answers": ["timeout"]}]} */
use GuzzleHttp\Promise\RejectionException;
use WeChatPay\Transformer;

try {
    $response = $instance->chain('v2/secapi/pay/refund')->post(['security' => true, 'xml' => ['mch_id' => '1900000109', 'out_trade_no' => 'N']]);
    $result = Transformer::toArray((string) $response->getBody());
    echo $result['refund_id'];
} catch (RejectionException $e) {
    $result = Transformer::toArray((string) $e->getReason()->getBody());
    echo $result['err_code'] ?? $result['return_msg'];
} catch (\Exception $e) {
    echo 'other';
}
