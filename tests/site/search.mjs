// The site's search against the command's: the same operations in the same order.
//
//   node tests/site/search.mjs SITE WECHATPAY

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [site, wechatpay] = process.argv.slice(2);
const require = createRequire(import.meta.url);
require(path.resolve(site, 'index.js'));
require(path.resolve(site, 'site.js'));
const { read, search, fileOf } = globalThis.wechatpaySearch;
const operations = read(globalThis.wechatpayIndex);

const QUERIES = [
  '转账到零钱', '零钱', '分账', '分账 回退', '分帐回退', 'refund', 'refudn', '退款', '退款查询', '查询 退款', '退款 查询', '现金红包',
  '企业微信', '提现', '代扣', '自动续费', '刷脸', '扫码支付', 'natvie', 'transactoins', 'Native下但', 'micropay', '下单', 'bill', '对账',
  'v3/pay/transactions', '/v3/refund', 'complaint', '投诉', '小程序支付', 'withdraw', '支付分', 'upload image', '证书', 'nonsense', 'post jsapi',
];
// Some of those whose first operations a test of the sandbox judges.
const judged = readFileSync(new URL('../../src/sandbox/reference/search/judged.txt', import.meta.url), 'utf8').split('\n').filter(Boolean);
QUERIES.push(...judged.filter((_, at) => at % 8 === 0).map((line) => line.split('\t')[0]));
const name = (operation) => `${operation.method} ${operation.path}`;
let failed = 0;
for (const query of QUERIES) {
  const found = search(globalThis.wechatpayIndex, operations, query);
  let lines = '';
  try {
    lines = execFileSync(wechatpay, ['endpoints', '--json', ...query.split(' ')], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch { /* Nothing was found. */ }
  const expected = lines.split('\n').filter(Boolean).map((line) => name(JSON.parse(line)));
  const same = found.map(name).join('\n') === expected.join('\n');
  const files = found.every((operation) => existsSync(path.join(site, 'zh', fileOf(operation))));
  if (!same || !files) {
    failed += 1;
    console.error(`${query}: ${found.length} operations, the command finds ${expected.length}`);
  }
}
if (failed > 0) process.exit(1);
console.log(`${QUERIES.length} searches find what the command finds`);
