<?php
/* @oracle {"runs": [{"calls": [{"function": "told", "args": ["{bad"]}]}, {"calls": [{"function": "told", "args": ["5"]}]}]} */

function told($text)
{
    if (is_array($decoded = json_decode($text, true)) && !json_last_error()) {
        return 'array';
    }
    return json_last_error_msg();
}
