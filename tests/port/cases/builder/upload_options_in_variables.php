<?php
/* @oracle {"answers": [{"media_id": "m1"}, {"media_id": "m2"}, {"media_id": "m3"}, {"media_id": "m4"}], "runs": [
  {"calls": [{"new": "Uploads", "with": ["@instance"], "call": "atOnce", "args": ["image.jpg"]}]},
  {"calls": [{"new": "Uploads", "with": ["@instance"], "call": "steps", "args": ["image.jpg", 3]}]},
  {"calls": [{"new": "Uploads", "with": ["@instance"], "call": "parts", "args": ["image.jpg"]}]},
  {"calls": [{"new": "Uploads", "with": ["@instance"], "call": "sent", "args": ["image.jpg"]}]},
  {"answers": [[400, {"code": "PARAM_ERROR", "message": "no"}], {"prepay_id": "p"}], "calls": [{"new": "Uploads", "with": ["@instance"], "call": "sent", "args": ["image.jpg"]}, {"new": "Uploads", "with": ["@instance"], "call": "paid", "args": [{"a": 1}]}]},
  {"calls": [{"new": "Uploads", "with": ["@instance"], "call": "several", "args": [["image.jpg", "image.jpg"]]}]}
]} */

use WeChatPay\BuilderChainable;
use WeChatPay\Util\MediaUtil;

/** The options of an upload, in variables and given to other methods. */
class Uploads
{
    private int $count = 0;
    private $folder = 'file:///path/to/';

    public function __construct(private BuilderChainable $client)
    {
    }

    private function next(): string
    {
        $this->count++;
        return "n{$this->count}";
    }

    public function atOnce($path)
    {
        $media = new MediaUtil($this->folder . $path);
        $options = ['body' => $media->getStream(), 'headers' => ['Content-Type' => $media->getContentType()]];
        $response = $this->client->chain('v3/merchant/media/upload')->post($options);
        return json_decode((string) $response->getBody(), true)['media_id'];
    }

    public function steps($path, $more)
    {
        $media = new MediaUtil($this->folder . $path);
        $options = [];
        $options['body'] = $media->getStream();
        $options['headers']['X-First'] = $this->next();
        $options['headers']['X-More'] = $more;
        $options['headers']['Content-Type'] = $media->getContentType();
        $more++;
        $last = $this->next();
        $response = $this->client->chain('v3/merchant/media/upload')->post($options);
        return [json_decode((string) $response->getBody(), true), $more, $last];
    }

    public function parts($path)
    {
        $media = new MediaUtil($this->folder . $path);
        $body = $media->getStream();
        $headers = ['Accept' => 'application/json', 'Content-Type' => $media->getContentType()];
        return $this->client->chain('v3/merchant/media/upload')
            ->postAsync(['body' => $body, 'headers' => $headers])
            ->then(static function ($response) {
                return $response->getStatusCode();
            })
            ->wait();
    }

    public function send($path, array $options, $method = 'post')
    {
        try {
            switch ($method) {
                case 'post':
                    $response = $this->client->chain($path)->post($options);
                    break;
                default:
                    throw new \RuntimeException('no such method');
            }
            return [0, '', json_decode((string) $response->getBody(), true)];
        } catch (\Exception $e) {
            return [1, get_class($e), ''];
        }
    }

    public function sent($path)
    {
        $media = new MediaUtil($this->folder . $path);
        $options = ['body' => $media->getStream()];
        $options['headers'] = ['Content-Type' => $media->getContentType(), 'X-Path' => basename($path)];
        [$state, $why, $result] = $this->send('v3/merchant/media/upload', $options);
        return $state ? $why : $result['media_id'];
    }

    public function paid($order)
    {
        return $this->send('v3/pay/transactions/native', ['json' => $order]);
    }

    public function several(array $paths)
    {
        $ids = [];
        foreach ($paths as $path) {
            $media = new MediaUtil($this->folder . $path);
            $options = ['body' => $media->getStream(), 'headers' => ['Content-Type' => $media->getContentType(), 'X-Count' => count($ids)]];
            $response = $this->client->chain('v3/merchant/media/upload')->post($options);
            $ids[] = json_decode((string) $response->getBody(), true)['media_id'];
        }
        return $ids;
    }
}
