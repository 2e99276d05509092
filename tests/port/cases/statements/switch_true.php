<?php
/* @oracle {"calls": [{"function": "f", "args": [5]}, {"function": "f", "args": [50]}, {"function": "f", "args": [500]}]} */
function f(int $n): string
{
    switch (true) {
        case $n < 10:
            return 'small';
        case $n < 100:
            return 'medium';
    }
    return 'large';
}
