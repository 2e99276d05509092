<?php
/* @oracle {"runs": [
    {"calls": [{"function": "each_kind", "args": ["text"]}]},
    {"calls": [{"function": "each_kind", "args": [["a", "b"]]}]},
    {"calls": [{"function": "each_kind", "args": [null]}]},
    {"calls": [{"function": "each_kind", "args": [7]}]}
]} */

function only(array $lines)
{
    return json_encode($lines);
}

function maybe(?array $lines)
{
    return json_encode($lines);
}

function or_null(array $lines = null)
{
    return json_encode($lines);
}

function given($lines): ?array
{
    return $lines;
}

function each_kind($lines)
{
    $steps = ['only', 'maybe', 'or_null', 'given'];
    foreach ($steps as $step) {
        try {
            switch ($step) {
                case 'only':
                    echo only($lines);
                    break;
                case 'maybe':
                    echo maybe($lines);
                    break;
                case 'or_null':
                    echo or_null($lines), or_null();
                    break;
                default:
                    echo json_encode(given($lines));
            }
        } catch (TypeError $e) {
            echo $step, ' throws';
        }
    }
}
