<?php
/* @oracle {"calls": [{"function": "shown", "args": ["张三"]}]} */
function shown(string $name)
{
    return strlen(iconv('UTF-8', 'GBK', $name)) . md5(mb_convert_encoding($name, 'GBK', 'UTF-8'));
}
