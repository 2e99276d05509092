<?php
/* @oracle {"answers": [{"a": 1}]} */
$no = 'first';
$promise = $instance->chain('v3/certificates')->getAsync()->then(function ($response) use ($no) {
    echo $no;
});
$no = 'second';
$promise->wait();
echo $no;
