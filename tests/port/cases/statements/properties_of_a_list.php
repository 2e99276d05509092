<?php
/* @oracle {"runs": [{"answers": [{}, {}]}], "calls": [{"new": "Listed", "with": ["@instance", {"mchid": "1", "appid": "wx", "extra": "no"}], "call": "all", "args": []}, {"new": "Listed", "with": ["@instance", {"mchid": "1"}], "call": "all", "args": []}]} */
class Listed extends \Some\Base
{
    private $client;
    public $mchid;
    public $appid = 'none';
    private $extra;

    public function __construct($client, array $config)
    {
        $this->client = $client;
        foreach (['mchid', 'appid'] as $key) {
            $this->$key = $config[$key] ?? 'default ' . $key;
        }
    }

    public function all()
    {
        $out = [];
        foreach (['mchid', 'appid', 'extra'] as $name) {
            if (empty($this->$name)) {
                $out[] = get_class($this) . '::$' . $name . ' is empty';
            } else {
                $out[$name] = $this->$name;
            }
        }
        $out['status'] = $this->client->chain('v3/certificates')->get()->getStatusCode();
        return $out;
    }
}
