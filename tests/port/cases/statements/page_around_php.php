<h1>Order</h1>
<?php
/* @oracle {"answers": [{"code_url": "weixin://a"}], "define": {"instance": "@instance", "no": "N<1>"}} */
$response = $instance->chain('v3/pay/transactions/native')->post(['json' => ['out_trade_no' => $no]]);
$url = json_decode((string) $response->getBody(), true)['code_url'];
?>
<p>No. <b><?= $no ?></b>

</p>
<?php if ($url): ?>
<a href="<?= $url ?>">pay</a>
<?php else: ?>
nothing
<?php endif; ?>
<?php foreach ([1, 2] as $n) { ?>
<i><?php echo $n; ?></i>
<?php } ?>

the end
