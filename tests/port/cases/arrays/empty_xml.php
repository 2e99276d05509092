<?php
/* @oracle {"answers": [{"xml": {"return_code": "SUCCESS", "result_code": "SUCCESS"}}]} */
$instance->v2->pay->micropay->post(['xml' => ['mch_id' => '1900000109', 'attach' => '']]);
echo 'sent';
