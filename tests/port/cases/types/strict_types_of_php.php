<?php
declare(strict_types=1);
/* @oracle {"runs": [
    {"calls": [{"function": "all", "args": ["5.5"]}]},
    {"calls": [{"function": "all", "args": [5]}]},
    {"calls": [{"function": "all", "args": [5.5]}]},
    {"calls": [{"function": "all", "args": [null]}]},
    {"calls": [{"function": "all", "args": [true]}]},
    {"calls": [{"function": "written", "args": []}]}
]} */

// Each is converted without `strict_types`.
function one(string $name, $x)
{
    switch ($name) {
        case 'round':
            return round($x);
        case 'floor':
            return floor($x) . ceil($x);
        case 'abs':
            return abs($x);
        case 'number_format':
            return number_format($x, 2);
        case 'json_decode':
            return json_decode($x, true);
        case 'json_object':
            return json_decode($x);
        case 'hash':
            return hash('sha256', $x);
        case 'hash_hmac':
            return hash_hmac('sha256', 'a', $x);
        case 'md5':
            return md5($x);
        case 'implode':
            return implode($x, ['a', 'b']);
        case 'sprintf':
            return sprintf($x, 'a');
        case 'intval':
            return intval('12', $x);
        case 'strlen':
            return strlen($x);
        default:
            return json_encode(['x' => $x]) . strval($x) . intval($x) . count([$x]) . sprintf('%s', $x);
    }
}

function all($x)
{
    $names = ['round', 'floor', 'abs', 'number_format', 'json_decode', 'json_object', 'hash', 'hash_hmac', 'md5',
        'implode', 'sprintf', 'intval', 'strlen', 'mixed'];
    foreach ($names as $name) {
        try {
            echo json_encode(one($name, $x)), ' ';
        } catch (TypeError $e) {
            echo $name, ' throws ';
        }
    }
    // PHP converts for callbacks that its own functions call, whatever their variables are named.
    echo json_encode(array_map('abs', ['-5']));
    $own = function ($given_1) {
        return strlen($given_1);
    };
    try {
        echo $own($x);
    } catch (TypeError $e) {
        echo 'own throws';
    }
}

function literal(int $index)
{
    switch ($index) {
        case 0:
            return round('1.5');
        case 1:
            return json_decode(5, true);
        case 2:
            return json_decode('{"a": 1}', 1);
        case 3:
            return hash('sha256', 5);
        case 4:
            return hash_hmac('sha256', 5, 'k');
        case 5:
            return implode(1, ['a', 'b']);
        case 6:
            return sprintf(5);
        case 7:
            return number_format('12.5', 2);
        case 8:
            return md5('a', 1);
        case 9:
            return abs(null);
        case 10:
            return json_encode([1], '0');
        case 11:
            return number_format(12.5, 2) . round(7) . abs(-3) . implode(',', [1, 2]) . hash('sha256', '5');
        default:
            return null;
    }
}

function written()
{
    for ($index = 0; $index < 12; $index++) {
        try {
            echo json_encode(literal($index)), ' ';
        } catch (TypeError $e) {
            echo $index, ' throws ';
        }
    }
}
