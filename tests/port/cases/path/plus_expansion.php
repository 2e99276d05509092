<?php
/* @oracle {"answers": [{}]} */
$instance->chain('{+myurl}')->get(['myurl' => 'v3/certificates']);
