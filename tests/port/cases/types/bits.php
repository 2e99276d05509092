<?php
/* @oracle {"calls": [
    {"function": "flags", "args": [5, "6"]}, {"function": "flags", "args": [true, 2.0]},
    {"function": "flags", "args": [null, -3]}, {"function": "flags", "args": ["ab", "B"]},
    {"function": "shifts", "args": [5, 2]}, {"function": "shifts", "args": [-9, 70]}, {"function": "shifts", "args": [1, 63]},
    {"function": "shifts", "args": [3, -1]}, {"function": "known", "args": []}, {"function": "compound", "args": [12]},
    {"function": "refused", "args": ["x", 1]}, {"function": "refused", "args": [[], 1]}]} */
const READ = 1 << 0;
const WRITE = 1 << 1;
const BOTH = READ | WRITE;

function flags($one, $other)
{
    return [$one | $other, $one & $other, $one ^ $other];
}

function shifts(int $one, int $width)
{
    try {
        return [$one << $width, $one >> $width];
    } catch (\ArithmeticError $e) {
        return get_class($e) . ': ' . $e->getMessage();
    }
}

function known()
{
    $given = BOTH;
    $all = [BOTH, $given & WRITE, ($given & READ) === READ, $given & 2 == 2, FILE_APPEND | LOCK_EX, 6 ^ 3, ~5, -1 >> 60, 1 + 2 << 3];
    return [$all, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE, WRITE_MASK() | 1];
}

function WRITE_MASK()
{
    return 2;
}

function compound($bits)
{
    $all = ['a' => $bits];
    $bits |= 3;
    $bits &= 13;
    $bits ^= 4;
    $all['a'] <<= 2;
    $all['a'] >>= 1;
    return [$bits, $all];
}

function refused($one, $other)
{
    try {
        return $one | $other;
    } catch (\TypeError $e) {
        return $e->getMessage();
    }
}
