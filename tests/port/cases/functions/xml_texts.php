<?php
/* @oracle {"answers": [{"xml": {"return_code": "SUCCESS"}}], "calls": [
 {"function": "parsed", "args": ["<xml><return_code><![CDATA[SUCCESS]]></return_code><total_fee>101</total_fee></xml>", "101"]},
 {"function": "parsed", "args": ["<xml><a><b>1</b><b>2</b></a></xml>", null]},
 {"function": "parsed", "args": ["no xml", "1"]}]} */
use WeChatPay\Crypto\Hash;
use WeChatPay\Transformer;

function parsed($text, $fee)
{
    $data = Transformer::toArray($text);
    return [json_encode($data), Hash::equals((string) ($data['total_fee'] ?? ''), $fee)];
}
