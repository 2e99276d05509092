<?php
/* @oracle {"calls": [{"new": "App\\Routes", "with": ["@instance"], "call": "add", "args": ["@foreign:Router"]}]} */

namespace App;

use Psr\Http\Message\ResponseInterface as Response;
use Psr\Http\Message\ServerRequestInterface as Request;

class Routes
{
    private $wechat;

    public function __construct(\WeChatPay\BuilderChainable $wechat)
    {
        $this->wechat = $wechat;
    }

    public function add(Router $router): void
    {
        $router->get('/pay/{no}', function (Request $request, Response $response, array $args): Response {
            $answer = $this->wechat->chain('v3/pay/transactions/id/{id}')->get(['id' => $args['no']]);
            $response->getBody()->write((string) $answer->getBody());
            return $response->withHeader('Content-Type', 'application/json');
        });
        $router->delete('/pay/{no}', function (Request $request, Response $response, array $args) {
            $this->wechat->chain('v3/pay/transactions/out-trade-no/{no}/close')->post(['no' => $args['no'], 'json' => ['mchid' => '1']]);
            return $response;
        });
    }
}
