<?php
/* @oracle {"answers": ["timeout", {"state": "A"}, [404, {"code": "NOT_FOUND", "message": "none"}], {"state": "B"}],
 "calls": [{"function": "client", "args": ["@file:merchant_key", "@file:platform_pub"]}, {"function": "found", "args": ["@file:merchant_key", "@file:platform_pub", "1"]}, {"function": "found", "args": ["@file:merchant_key", "@file:platform_pub", "1"]}, {"function": "found", "args": ["@file:merchant_key", "@file:platform_pub", "1"]}, {"function": "found", "args": ["@file:merchant_key", "@file:platform_pub", "2"]}, {"function": "found", "args": ["@file:merchant_key", "@file:platform_pub", "2"]}, {"function": "found", "args": ["@file:merchant_key", "@file:platform_pub", "2"]},
  {"function": "number", "args": ["a"]}, {"function": "number", "args": ["b"]}, {"function": "several", "args": [3]}, {"function": "several", "args": [4]}, {"function": "several", "args": [1]}, {"function": "doubled", "args": [false]}, {"function": "doubled", "args": [true]}, {"function": "doubled", "args": [false]}]} */
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

function key_of($path)
{
    static $key = null;
    if ($key == null) {
        echo "read\n";
        $key = Rsa::from($path, Rsa::KEY_TYPE_PRIVATE);
    }
    return $key;
}

function client_of($path, $platform)
{
    static $client;
    if ($client) {
        return $client;
    }
    echo "made\n";
    return $client = Builder::factory([
        'mchid' => '1900000109',
        'serial' => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
        'privateKey' => key_of($path),
        'certs' => ['PUB_KEY_ID_0114232134912410000000000000' => Rsa::from($platform, Rsa::KEY_TYPE_PUBLIC)],
    ]);
}

function client($path, $platform): bool
{
    $client = client_of($path, $platform);
    return $client != null && key_of($path) != null;
}

function found($path, $platform, $id)
{
    static $known = [], $asked = 0;
    if (isset($known[$id])) {
        return $known[$id] . ' known of ' . $asked;
    }
    $asked++;
    $answer = client_of($path, $platform)->chain('v3/pay/transactions/id/{id}')->get(['id' => $id]);
    $known[$id] = json_decode((string) $answer->getBody(), true)['state'];
    return $known[$id] . ' of ' . $asked;
}

function number($prefix)
{
    static $n = 0;
    $before = number_of($prefix, $n);
    return $prefix . $before . '-' . (++$n);
}

function number_of($prefix, $n)
{
    static $last = '';
    $before = $last;
    $last = $prefix . $n;
    return "$before>$last";
}

function several($value)
{
    static $all = [], $sum = 10;
    $all[] = $value;
    sort($all);
    $copy = $sum += $value;
    $all = array_slice($all, 0, 2);
    $add = function ($more) use ($sum) {
        $sum += $more;
        return $sum;
    };
    return [$all, $sum, $copy, $add(1)];
}

function doubled($fail)
{
    static $n = 1;
    $n *= 2;
    if ($fail) {
        throw new \RuntimeException('at ' . $n);
    }
    return $n;
}
