<?php
/* @oracle {"answers": [{"code_url": "weixin://a"}]} */
$response = $instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => 'A1']]);
$data = json_decode((string) $response->getBody(), true);
$names = ['one, two', 'three']; ?>
<b><?= $data['code_url'], ', ', $names[0] ?></b>
<?php foreach ($names as $at => $name): ?>
  <i><?= $at + 1, ': ', strtoupper($name), $at ? '' : ";\n" ?></i>
<?php endforeach; ?>
<?= 'end', "\n" ?>
<?php echo $names[1], '!', "\n"; ?>
