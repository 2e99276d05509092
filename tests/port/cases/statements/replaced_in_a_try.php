<?php
/* @oracle {"runs": [
 {"answers": [{"package_info": "abc", "state": "WAIT"}], "calls": [{"function": "transfer", "args": ["@instance"]}]},
 {"answers": [[400, {"code": "PARAM_ERROR"}]], "calls": [{"function": "transfer", "args": ["@instance"]}]},
 {"answers": ["timeout"], "calls": [{"function": "transfer", "args": ["@instance"]}]},
 {"answers": ["html"], "calls": [{"function": "transfer", "args": ["@instance"]}]},
 {"answers": [{"code_url": "u"}], "calls": [{"function": "kept", "args": ["@instance"]}]},
 {"answers": [[500, {}]], "calls": [{"function": "kept", "args": ["@instance"]}]},
 {"answers": [{"n": 1}, {"n": 2}], "calls": [{"function": "turns", "args": ["@instance"]}]},
 {"answers": [{"n": 1}, "timeout"], "calls": [{"function": "turns", "args": ["@instance"]}]}]} */

function transfer($client)
{
    try {
        $response = $client->chain('v3/fund-app/mch-transfer/transfer-bills')->post(['json' => ['appid' => 'wx1']]);
        $response = empty($response) ? '' : $response->getBody()->getContents();
    } catch (\Exception $e) {
        return false;
    }
    $response = empty($response) ? array() : json_decode($response, true);
    return ['state' => $response['state'] ?? 'none', 'all' => $response];
}

function kept($client)
{
    $text = 'before';
    try {
        $text = (string) $client->chain('v3/pay/transactions/native')->post(['json' => ['appid' => 'wx1']])->getBody();
        $text = json_decode($text, true);
        $text = strtoupper($text['code_url']);
    } catch (\Exception $e) {
        return $text;
    }
    return $text;
}

function turns($client)
{
    $found = [];
    foreach (['a', 'b'] as $no) {
        try {
            $result = $client->chain("v3/pay/transactions/id/{$no}")->get();
            $result = json_decode($result->getBody(), true);
        } catch (\Exception $e) {
            return $found;
        }
        $found[] = $result['n'];
    }
    return [$found, $result['n'] ?? null];
}
