<?php
/* @oracle {"answers": [{}, {}, {}, {}, {}, {}], "calls": [{"function": "close", "args": ["@instance", ["a", "b"]]}, {"function": "letters", "args": [2]}, {"function": "letters", "args": [7]}, {"function": "letters", "args": [0]}]} */
function close($instance, array $nos): int
{
    $n = 0;
    for ($i = 0; $i < count($nos); $i++):
        $instance->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $nos[$i], 'json' => ['mchid' => '1']]);
        $instance->chain('v3/refund/domestic/refunds')->post(['json' => ['out_trade_no' => $nos[$i]]]);
        $n++;
    endfor;
    foreach ($nos as $no):
        $instance->chain('v3/marketing/favor/stocks')->get(['query' => ['no' => $no]]);
        $n++;
    endforeach;
    return $n;
}

function letters(int $n): string
{
    $s = '';
    for ($i = 0, $k = 3; $i < $n; $i++, $k--): $s .= 'a'; $s .= $k; endfor;
    for (; $n > 9;): endfor;
    if ($n > 5): $s .= 'c'; $s .= 'd';
    elseif ($n): $s .= 'e'; $s .= 'f';
    else: $s .= 'g'; $s .= 'h';
    endif;
    switch ($n):
        case 2: $s .= 'x'; $s .= 'y'; break;
        default: $s .= 'z'; $s .= '!';
    endswitch;
    while ($n > 5): $s .= $n; $n--; endwhile;
    return $s;
}
