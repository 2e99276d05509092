<?php
/* @oracle {"define": {"name": "Li", "order": {"no": "N1", "items": ["a", "b"]}}} */
echo <<<TEXT
    Dear {$name},
      order $order[no] with {$order['items'][1]}
    \$5 \x41 \u{4e2d}
    TEXT;
echo <<<'RAW'
{$name} \n $x
RAW;
