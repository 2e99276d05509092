<?php
/* @oracle {"define": {"s": "order-123-45"}} */
echo preg_match('/(\d+)-(\d+)/', $s, $m), $m[1], preg_replace('/\d+/', '#', $s), implode(',', preg_split('/-/', $s)), preg_match('/^[a-z]+$/', $s), preg_quote('a.b');
