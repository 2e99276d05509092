<?php
/* @oracle {"calls": [{"function": "kept", "args": [[{"x": null}, {"x": [1]}, {"x": []}, {"x": "0"}, {"y": 1}, {"x": 0.0}, {"x": "a"}]]}]} */
function kept(array $rows)
{
    return [
        count(array_filter($rows, function ($row) { return $row['x'] ?? null; })),
        count(array_filter($rows, fn ($row) => $row['x'] ?? [])),
        count(array_filter([1, 0, null, '', 'a'], function ($one) { if ($one === 1) { return; } return $one; })),
    ];
}
