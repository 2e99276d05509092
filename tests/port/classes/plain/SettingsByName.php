<?php
/* @oracle {"answers": [{"code_url": "weixin://1"}],
 "calls": [{"new": "SettingsByName", "with": ["@instance", {"appId": "wx1", "notifyUrl": "https://example.com/", "keyFile": "k.pem", "unknown": 1, "retries": 3}], "call": "pay", "args": ["T1", 100]}] } */

class SettingsByName
{
    public $appId;
    public $notifyUrl = '';
    private $keyFile = 'none';
    protected $retries = 1;

    public function __construct($instance, array $settings)
    {
        foreach ($settings as $key => $value) {
            if (substr((string) $value, -3) == 'pem') {
                $value = '/keys/' . $value;
            }
            $this->$key = $value;
        }
        $this->url($instance);
    }

    private function url($instance)
    {
        $response = $instance->chain('v3/pay/transactions/native')->post(['json' => [
            'appid' => $this->appId,
            'notify_url' => $this->notifyUrl,
        ]]);
        echo json_decode((string) $response->getBody(), true)['code_url'], "\n";
    }

    public function pay(string $no, int $total): array
    {
        $name = $no === 'T1' ? 'keyFile' : 'appId';
        $this->$name = $total;
        return [$this->appId, $this->notifyUrl, $this->keyFile, $this->retries, $no];
    }
}
