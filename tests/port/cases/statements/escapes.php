<?php
/* @oracle {} */
echo "\e[1m\x1b[0m\t\n\\\"\$\101\0" . 'a\n\'\\';
