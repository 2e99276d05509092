<?php
/* @oracle {} */
echo json_encode('a/b'), json_encode(1.5), json_encode(true), json_encode(null), json_encode(1e22), json_encode(1e17), json_encode(0.00001), json_encode([1 => 'a']), json_encode(['0' => 'a', '1' => 'b']);
