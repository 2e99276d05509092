<?php
declare(strict_types=1);
/* @oracle {"runs": [
    {"calls": [{"function": "all", "args": ["7"]}]},
    {"calls": [{"function": "all", "args": [7]}]},
    {"calls": [{"function": "all", "args": [7.0]}]},
    {"calls": [{"function": "all", "args": [true]}]}
]} */
function i(int $x)
{
    return $x;
}

function s(string $x)
{
    return $x;
}

function f(float $x)
{
    return $x;
}

function b(bool $x)
{
    return $x;
}

function ri($x): int
{
    return $x;
}

function rs($x): string
{
    return $x;
}

function rf($x): float
{
    return $x;
}

function nu(?string $x)
{
    return $x;
}

function all($x)
{
    try {
        echo json_encode(i($x));
    } catch (TypeError $e) {
        echo 'i throws';
    }
    try {
        echo json_encode(s($x));
    } catch (TypeError $e) {
        echo 's throws';
    }
    try {
        echo json_encode(f($x));
    } catch (TypeError $e) {
        echo 'f throws';
    }
    try {
        echo json_encode(b($x));
    } catch (TypeError $e) {
        echo 'b throws';
    }
    try {
        echo json_encode(nu($x));
    } catch (TypeError $e) {
        echo 'nu throws';
    }
    try {
        echo json_encode(ri($x));
    } catch (TypeError $e) {
        echo 'ri throws';
    }
    try {
        echo json_encode(rs($x));
    } catch (TypeError $e) {
        echo 'rs throws';
    }
    try {
        echo json_encode(rf($x));
    } catch (TypeError $e) {
        echo 'rf throws';
    }
    try {
        echo json_encode(s(12));
    } catch (TypeError $e) {
        echo 's12 throws';
    }
    try {
        echo json_encode(i('12'));
    } catch (TypeError $e) {
        echo 'i12 throws';
    }
    try {
        echo json_encode(f(12));
    } catch (TypeError $e) {
        echo 'f12 throws';
    }
    try {
        echo json_encode(strlen($x));
    } catch (TypeError $e) {
        echo 'strlen throws';
    }
    try {
        echo json_encode(strlen(12));
    } catch (TypeError $e) {
        echo 'strlen12 throws';
    }
    try {
        echo json_encode(md5($x));
    } catch (TypeError $e) {
        echo 'md5 throws';
    }
    $g = function (int $x): string { return $x; };
    try {
        echo json_encode($g($x));
    } catch (TypeError $e) {
        echo 'g throws';
    }
}
