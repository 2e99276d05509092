<?php
/* @oracle {"runs": [{"answers": [{}, {}, {}, {}, {}]}]} */
$instance->chain('v3/x')->get(['query' => 'a=1&b=2%20']);
$instance->chain('v3/x')->get(['query' => 'attach=a%2Bb&c']);
$instance->chain('v3/x')->get(['query' => 'a=1+2&u=http://a/b']);
$instance->chain('v3/x')->get(['query' => 'a=订单']);
$instance->chain('v3/x')->get(['query' => 'date=2026-01-01&type=ALL']);
