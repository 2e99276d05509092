<?php
/* @oracle {} */
var_dump(json_decode('{"a":1.0,"b":12345678901234567890,"c":"\u4e2d","d":[]}', true));
var_dump(json_decode('not json', true), json_decode('', true), json_decode('3'), json_decode('"x"'), json_decode('null'));
