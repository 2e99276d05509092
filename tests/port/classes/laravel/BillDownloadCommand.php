<?php
/* @oracle {"foreign": {"this->argument": ["2024-01-01"], "BillDownloadCommand->argument": ["2024-01-01"], "this->info": [null], "BillDownloadCommand->info": [null], "Storage::put": [true], "BillDownloadCommand->error": [null]},
 "runs": [{"answers": [{"download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=abc", "hash_type": "SHA1", "hash_value": "x"}]}, {"answers": [[400, {"code": "NO_STATEMENT_EXIST", "message": "none"}]]}],
 "calls": [{"new": "App\\Console\\BillDownloadCommand", "with": ["@instance"], "call": "handle"}]} */

namespace App\Console;

use Illuminate\Console\Command;
use Illuminate\Support\Facades\Storage;

class BillDownloadCommand extends Command
{
    protected $signature = 'bill:download {date}';
    private $client;

    public function __construct($client)
    {
        $this->client = $client;
    }

    public function handle(): int
    {
        $date = $this->argument('date');
        try {
            $resp = $this->client->chain('v3/bill/tradebill')->get(['query' => ['bill_date' => $date, 'bill_type' => 'ALL']]);
        } catch (\GuzzleHttp\Exception\RequestException $e) {
            $this->error('failed: ' . $e->getCode());
            return 1;
        }
        $bill = json_decode((string) $resp->getBody(), true);
        Storage::put("bills/{$date}.json", json_encode($bill, JSON_UNESCAPED_SLASHES));
        $this->info(sprintf('%s: %s', $bill['hash_type'], $bill['hash_value']));

        return 0;
    }
}
