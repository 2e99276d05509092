<?php
/* @oracle {"answers": [{"a": {"b": "deep"}}]} */
echo $instance->v3->certificates->getAsync()
    ->then(static fn (\Psr\Http\Message\ResponseInterface $r) => json_decode((string) $r->getBody(), true))
    ->then(static fn (array $data) => $data['a']['b'])
    ->wait();
