<?php
/* @oracle {"runs": [{"answers": [{"media_id": "M1"}]}, {"answers": [[400, {"code": "PARAM_ERROR", "message": "m"}]]}],
 "calls": [{"new": "App\\Media\\MediaUploader", "with": ["@instance"], "call": "upload", "args": ["image"]}]} */

namespace App\Media;

use WeChatPay\Util\MediaUtil;

class MediaUploader
{
    public function __construct(private $client)
    {
    }

    public function upload(string $kind): ?string
    {
        $media = new MediaUtil('file:///path/to/image.jpg');
        try {
            $response = $this->client->chain('v3/merchant/media/upload')->post([
                'body' => $media->getStream(),
                'headers' => ['Content-Type' => $media->getContentType()],
            ]);
        } catch (\GuzzleHttp\Exception\BadResponseException $e) {
            return null;
        }

        return json_decode((string) $response->getBody(), true)['media_id'] ?? $kind;
    }
}
