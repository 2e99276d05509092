<?php
/* @oracle {"define": {"mchid": "1900000109"}, "answers": [{}]} */
$qs = http_build_query(['mchid' => $mchid, 'limit' => 5]);
$instance->chain("v3/merchant-service/complaints-v2?$qs")->get();
