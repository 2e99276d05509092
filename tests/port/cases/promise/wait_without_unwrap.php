<?php
/* @oracle {"runs": [{"answers": [{"a": 1}]}, {"answers": ["connect"]}]} */
$instance->chain('v3/certificates')->getAsync()->wait(false);
echo 'end';
