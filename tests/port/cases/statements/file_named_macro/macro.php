<?php
/* @oracle {"answers": [{}]} */
$instance->chain('v3/certificates')->get();
