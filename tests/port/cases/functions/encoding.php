<?php
/* @oracle {"define": {"s": "a b/c+中&=%~"}} */
echo urlencode($s), '|', rawurlencode($s), '|', base64_encode($s), '|', bin2hex($s), '|', urldecode('a+b%20c'), '|', rawurldecode('a+b%20c'), '|', base64_decode('YWJj'), '|', strlen($s), '|', md5($s), '|', ord('a'), chr(98), '|', dechex(255), bindec('101'), octdec('17'), base_convert('ff', 16, 2);
