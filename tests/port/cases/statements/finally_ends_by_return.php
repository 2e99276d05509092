<?php
/* @oracle {"calls": [{"function": "f", "args": [1]}, {"function": "f", "args": [2]}, {"function": "g", "args": [0]}]} */
function f(int $n)
{
    try {
        try {
            if ($n === 1) {
                throw new \LogicException('own');
            }
            echo 'body ';
        } finally {
            echo 'finally ';
            return $n;
        }
        $n = 9;
    } catch (\LogicException $e) {
        return $e->getMessage();
    }
    return 'end';
}

function g(int $n)
{
    do {
        try {
            try {
                throw new \LogicException('lost');
            } finally {
                if ($n > 0) {
                    return 'left';
                } else {
                    return 'other';
                }
            }
        } catch (\LogicException $e) {
            return $e->getMessage();
        }
    } while (++$n < 3);
    return 'behind';
}
