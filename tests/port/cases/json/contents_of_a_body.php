<?php
/* @oracle {"runs": [{"answers": [{"a": 1}, {"b": 2}], "calls": [{"function": "f", "args": ["@instance"]}]}, {"answers": [[400, {"code": "X"}]], "calls": [{"function": "f", "args": ["@instance"]}]}]} */
function f($instance)
{
    try {
        $r = $instance->chain('v3/certificates')->get();
        $first = $r->getBody()->getContents();
        $again = (string) $r->getBody();
        $r = $instance->chain('v3/certificates')->get();
        if ($r->getStatusCode() === 200) {
            $second = $r->getBody()->getContents();
        } else {
            $second = $r->getBody()->getContents() . '!';
        }
        return [$first, $again, $second];
    } catch (\GuzzleHttp\Exception\RequestException $e) {
        return json_decode($e->getResponse()->getBody()->getContents(), true);
    } catch (\Exception $e) {
        return $e->getMessage();
    }
}
