<?php
/* @oracle {"answers": [{}, {}]} */
$pay = $instance->v3->pay->transactions;
$pay->native->post(['json' => ['a' => 1]]);
$pay->h5->post(['json' => ['a' => 2]]);
