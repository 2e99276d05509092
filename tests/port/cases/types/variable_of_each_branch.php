<?php
/* @oracle {"calls": [{"function": "asked", "args": ["@instance", "o-1"]}], "runs": [{"answers": [{"prepay_id": "wx1"}]}, {"answers": [[403, {"code": "NO_AUTH", "message": "no"}]]}, {"answers": ["timeout"]}]} */
function asked($instance, $no)
{
    $said = [];
    try {
        $resp = $instance->v3->pay->transactions->jsapi->post(['json' => ['out_trade_no' => $no]]);
        if ($resp->getStatusCode() == 200) {
            $r = json_decode($resp->getBody());
            $said[] = 'prepay_id=' . $r->prepay_id;
        } else {
            $said[] = 'else';
        }
    } catch (\Exception $e) {
        $said[] = 'failed';
        if ($e instanceof \GuzzleHttp\Exception\RequestException && $e->hasResponse()) {
            $r = $e->getResponse();
            $said[] = $r->getStatusCode() . '|' . $r->getBody();
        }
    }
    return $said;
}
