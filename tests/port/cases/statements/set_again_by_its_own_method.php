<?php
/* @oracle {"calls": [
    {"function": "last_part", "args": ["a.csv", true]}, {"function": "last_part", "args": ["a.csv", false]},
    {"function": "parts", "args": [["a.b", "c.d"], "x"]}]} */
function last_part($file, $deep)
{
    if ($deep) {
        $name = explode('.', $file);
        $name = array_pop($name);
    } else {
        $name = $file;
    }
    return $name;
}

function parts($files, $name)
{
    $all = [$name];
    foreach ($files as $name) {
        $name = explode('.', $name);
        $name = array_pop($name);
        $all[] = $name;
    }
    return [$all, $name];
}
