<?php
/* @oracle {} */
echo date('Y-m-d H:i:s', 1700000000), '|', date('YmdHis', 0), '|', gmdate('D, d M Y H:i:s', 86400), '|', date('c', 1700000000), '|', date('N jS z t L y n G h A', 1709164800), '|', time() - 10, '|', date('Y-m-d'), '|', date('YmdHis') . str_pad('7', 4, '0', STR_PAD_LEFT);
