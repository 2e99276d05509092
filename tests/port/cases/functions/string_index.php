<?php
/* @oracle {"define": {"s": "abc"}} */
echo $s[0], $s[-1], $s[1], "abc"[-1], 'abc'[0];
