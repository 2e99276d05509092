<?php
/* @oracle {"calls": [{"function": "f", "args": [{"list": ["a", "b", "c"]}]}]} */
function longer(array $rows)
{
    foreach ($rows as $row) {
        $row[] = 'd';
        echo json_encode($row);
    }
}
function f(array $a)
{
    unset($a['list'][2]);
    longer($a);
}
