<?php
// Calls one function of PHP, or reads one constant, for a program that leaves it to its trait:
//
//     php builtin.php NAME ARGUMENTS
//
// ARGUMENTS is JSON. Writes JSON: whether PHP has it, the value, and what it printed.

declare(strict_types=1);

namespace Oracle;

foreach (['psr', 'promises', 'guzzle', 'oracle'] as $part) {
    require __DIR__ . "/{$part}.php";
}

[, $name, $arguments] = $argv;
$arguments = \json_decode($arguments, true);
// The Rust numbers methods that differ in their arguments.
foreach ([$name, (string) \preg_replace('~_\d+$~', '', $name)] as $known) {
    $replaced = "\\Oracle\\Replaced\\{$known}";
    $prints = \in_array($known, ['print_r', 'var_dump', 'var_export'], true);
    $function = \in_array($known, Functions::REPLACED, true) && !$prints ? $replaced : $known;
    $made = ['known' => true, 'value' => null, 'printed' => ''];
    \ob_start();
    if (\function_exists($function)) {
        // As a program calls it that declares no strict types.
        $made['value'] = (static fn () => \call_user_func_array($function, $arguments))();
    } elseif ($arguments === [] && \defined(\strtoupper($known))) {
        $made['value'] = \constant(\strtoupper($known));
    } else {
        $made['known'] = false;
    }
    $made['printed'] = \base64_encode((string) \ob_get_clean());
    if ($made['known']) {
        break;
    }
}
echo \json_encode($made, \JSON_PRESERVE_ZERO_FRACTION | \JSON_INVALID_UTF8_SUBSTITUTE);
