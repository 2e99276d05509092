<?php
/* @oracle {"calls": [
  {"new": "Calls", "with": [], "call": "all", "args": [["ab", "c"]]},
  {"new": "Calls", "with": [], "call": "kept", "args": [[3, "1", 2]]}]} */

use WeChatPay\Formatter;

/** `f(...)` of a static method, of the class by its name, and of a function of PHP, in variables. */
class Calls
{
    private $count = 0;

    private static function marked($text)
    {
        return "<{$text}>";
    }

    private function counted($text)
    {
        $this->count++;
        return $text . $this->count;
    }

    private static function order($a, $b)
    {
        return $a <=> $b;
    }

    public function all($texts)
    {
        $own = self::marked(...);
        $late = static::marked(...);
        $named = Calls::marked(...);
        $php = strtoupper(...);
        $counted = $this->counted(...);
        return [
            $own($texts[0]), $late($texts[1]), $named('n'), $php($texts[0]), $counted('x'), $counted('y'),
            array_map($own, $texts), array_map($php, $texts), array_map(self::marked(...), $texts), $this->count,
        ];
    }

    public function kept($values)
    {
        usort($values, self::order(...));
        $texts = array_filter($values, is_string(...));
        return [$values, $texts, Formatter::joinedByLineFeed(...array_map(strval(...), $values))];
    }
}
