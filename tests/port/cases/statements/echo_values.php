<?php
/* @oracle {} */
echo 1, 1.0, 1.5, true, false, null, 'x', -0.0, 1e100, 0.1 + 0.2, 1e15, 123456789012345678;
print 'printed';
printf('%s-%d', 'a', 5);
