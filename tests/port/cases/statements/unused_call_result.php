<?php
/* @oracle {"answers": [{"a": 1}]} */
$instance->chain('v3/certificates')->get()->getBody();
$unused = 5;
echo 'end';
