<?php
/* @oracle {"runs": [
    {"answers": [{}], "calls": [{"new": "RequiredSettings", "with": ["@instance", "1900000109", "wx1"], "call": "send"}]},
    {"calls": [{"new": "RequiredSettings", "with": ["@instance", "1900000109", ""], "call": "send"}]},
    {"calls": [{"new": "RequiredSettings", "with": ["@instance", null, "wx1"], "call": "send"}]}
]} */

class RequiredSettings
{
    public $mchid;
    public $appid;
    private $client;

    public function __construct($client, $mchid, $appid)
    {
        $this->client = $client;
        $this->mchid = $mchid;
        $this->appid = $appid;
    }

    private function check()
    {
        $seen = [];
        foreach (['mchid', 'appid'] as $name) {
            if (empty($this->$name)) {
                throw new RuntimeException("The \"$name\" property must be set, behind " . count($seen));
            }
            $seen["-$name"] = "{$this->$name}/{$name}";
        }
        return $seen;
    }

    public function send()
    {
        $seen = $this->check();
        return $this->client->chain('v3/x')->post(['json' => $seen])->getStatusCode();
    }
}
