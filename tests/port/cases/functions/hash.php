<?php
/* @oracle {"define": {"s": "abc"}} */
echo hash('sha256', $s), bin2hex(hash('sha256', $s, true)), base64_encode(hash('md5', $s, true)), md5($s), sha1($s), hash_hmac('sha256', $s, 'key'), base64_encode(hash_hmac('sha256', $s, 'key', true)), strtoupper(md5($s)), crc32($s);
