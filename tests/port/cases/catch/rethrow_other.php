<?php
/* @oracle {"runs": [{"answers": [[400, {"code": "A", "message": "m"}]]}, {"answers": ["timeout"]}], "calls": [{"function": "go", "args": ["@instance"]}]} */
function go($instance)
{
    try {
        $instance->chain('v3/certificates')->get();
    } catch (\GuzzleHttp\Exception\ClientException $e) {
        throw new \RuntimeException('refused: ' . $e->getResponse()->getStatusCode(), 7, $e);
    }
}
