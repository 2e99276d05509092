<?php
/* @oracle {"runs": [{"answers": [{"a": 1}]}, {"answers": ["timeout"]}], "calls": [{"function": "go", "args": ["@instance"]}]} */
function go($instance)
{
    try {
        $instance->chain('v3/certificates')->get();
        echo 'ok ';
        return 'value';
    } catch (\Exception $e) {
        echo 'bad ';
        return 'failure';
    } finally {
        echo 'always ';
    }
}
