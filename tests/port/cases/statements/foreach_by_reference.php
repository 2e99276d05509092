<?php
/* @oracle {} */
$rows = [['n' => 1], ['n' => 2]];
foreach ($rows as &$row) {
    $row['n'] *= 10;
}
unset($row);
echo json_encode($rows);
