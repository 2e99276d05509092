<?php
/* @oracle {"runs": [
    {"calls": [{"function": "set_again", "args": []}]},
    {"calls": [{"function": "set_again_where_thrown", "args": []}]}
]} */

function set_again()
{
    try {
        throw new \RuntimeException('outer');
    } catch (\RuntimeException $e) {
        try {
            strlen('a');
        } catch (\Exception $e) {
        }
        return $e->getMessage();
    }
}

function set_again_where_thrown()
{
    try {
        throw new \RuntimeException('outer');
    } catch (\RuntimeException $e) {
        try {
            throw new \LogicException('inner');
        } catch (\Exception $e) {
        }
        return $e->getMessage();
    }
}
