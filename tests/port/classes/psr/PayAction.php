<?php
/* @oracle {"answers": [{"code_url": "weixin://a"}, {"trade_state": "SUCCESS"}, [404, {"code": "ORDER_NOT_EXIST", "message": "none"}], "timeout", [204], {"x": 1}],
 "foreign": {"request->getParsedBody": [{"no": "N1", "fen": 7}], "ServerRequestInterface->getParsedBody": [{"no": "N1", "fen": 7}], "ResponseInterface->withHeader->withStatus": [{"@object": {"built": 1}}], "ResponseInterface->withStatus": [{"@object": {"built": 1}}], "ResponseInterface->withAddedHeader": [{"@object": {"built": 3}}]},
 "calls": [{"new": "App\\Action\\PayAction", "with": ["@instance"], "call": "native", "args": ["@foreign:ServerRequestInterface", "@foreign:ResponseInterface", {"shop": "s"}]},
  {"new": "App\\Action\\PayAction", "with": ["@instance"], "call": "state", "args": ["@foreign:ServerRequestInterface", "@foreign:ResponseInterface", {"id": "T1"}]},
  {"new": "App\\Action\\PayAction", "with": ["@instance"], "call": "state", "args": ["@foreign:ServerRequestInterface", "@foreign:ResponseInterface", {"id": "T2"}]},
  {"new": "App\\Action\\PayAction", "with": ["@instance"], "call": "state", "args": ["@foreign:ServerRequestInterface", "@foreign:ResponseInterface", {"id": "T3"}]},
  {"new": "App\\Action\\PayAction", "with": ["@instance"], "call": "close", "args": ["@foreign:ServerRequestInterface", "@foreign:ResponseInterface", {"id": "T4"}]},
  {"new": "App\\Action\\PayAction", "with": ["@instance"], "call": "tagged", "args": ["@foreign:ServerRequestInterface", "@foreign:ResponseInterface"]}]} */

namespace App\Action;

use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\ConnectException;
use Psr\Http\Message\ResponseInterface as Response;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\ServerRequestInterface as Request;
use WeChatPay\BuilderChainable;

final class PayAction
{
    private BuilderChainable $wechat;

    public function __construct(BuilderChainable $wechat)
    {
        $this->wechat = $wechat;
    }

    public function native(Request $request, Response $response, array $args): Response
    {
        $form = $request->getParsedBody();
        $answer = $this->wechat->chain('v3/pay/transactions/native')->post(['json' => [
            'out_trade_no' => $form['no'] . $args['shop'],
            'amount' => ['total' => (int) $form['fen']],
        ]]);
        $response->getBody()->write($this->decode($answer)['code_url']);
        return $response->withHeader('Content-Type', 'text/plain')->withStatus(201);
    }

    public function state(Request $request, Response $response, array $args): Response
    {
        try {
            $answer = $this->wechat->chain('v3/pay/transactions/id/{id}')->get(['id' => $args['id'], 'query' => ['mchid' => '1900000109']]);
            return $this->json($response, $this->decode($answer));
        } catch (ClientException $e) {
            return $this->json($response, ['error' => json_decode((string) $e->getResponse()->getBody(), true)['code']], $e->getResponse()->getStatusCode());
        } catch (ConnectException $e) {
            return $this->failed($response, 'unknown');
        }
    }

    public function close(Request $request, Response $response, array $args): Response
    {
        $answer = $this->wechat->chain('v3/pay/transactions/out-trade-no/{id}/close')->post(['id' => $args['id'], 'json' => ['mchid' => '1900000109']]);
        return $response->withStatus($answer->getStatusCode());
    }

    public function certificates(Request $request): ResponseInterface
    {
        return $this->wechat->chain('v3/certificates')->get();
    }

    public function tagged(Request $request, Response $response): Response
    {
        return $this->tag($response, 'a' . $this->wechat->chain('v3/certificates')->get()->getStatusCode());
    }

    private function tag(Response $page, string $tag): Response
    {
        return $page->withAddedHeader('X-Tag', $tag);
    }

    private function failed(Response $res, string $why): Response
    {
        return $this->json($res, ['error' => $why], 504);
    }

    private function json(Response $res, array $data, int $status = 200): Response
    {
        $res->getBody()->write(json_encode($data));
        return $res->withHeader('Content-Type', 'application/json')->withStatus($status);
    }

    private function decode(ResponseInterface $answer): array
    {
        return json_decode((string) $answer->getBody(), true);
    }
}
