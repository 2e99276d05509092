<?php
/* @oracle {"calls": [
    {"function": "failed", "args": [{"des": "paid", "code": "ORDERPAID"}]}, {"function": "failed", "args": [{"des": "slow", "code": "429"}]},
    {"function": "failed", "args": [{"des": ["a"], "code": 1}]}, {"function": "failed", "args": [{"des": "none", "code": null}]},
    {"function": "failed", "args": [{"des": 7, "code": 1.0}]}]} */

/** PHP checks the arguments of an exception as those of each function: a wrong one throws another exception. */
function failed(array $answer): string
{
    try {
        throw new \RuntimeException($answer['des'], $answer['code']);
    } catch (\Exception $e) {
        return get_class($e) . ': ' . $e->getMessage() . ' ' . $e->getCode();
    } catch (\TypeError $e) {
        return get_class($e) . ': ' . $e->getMessage();
    }
}
