<?php
/* @oracle {} */
$data = ['a' => 1, 'b' => 'x y&z', 'c' => [1, 2], 'd' => ['k' => 'v'], 'e' => null, 'f' => true, 'g' => false, 'h' => '', 'i' => 1.5];
echo http_build_query($data), "\n";
echo http_build_query($data, '', '&amp;'), "\n";
echo http_build_query(['x', 'y'], 'p_'), "\n";
echo http_build_query($data, '', '&', PHP_QUERY_RFC3986);
