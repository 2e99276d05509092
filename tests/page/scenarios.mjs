// What somebody does on the sandbox's page, in both languages. Argument: a file with the sandbox's `--json` line.
// Each scenario begins with a sandbox that has been reset.
import assert from 'node:assert/strict';
import { launch, Visitor } from './browser.mjs';
import { bySerial, call, control, encrypted, info, order, server } from './merchant.mjs';

const NATIVE = 'v3/pay/transactions/native';
const TRANSFERS = 'v3/fund-app/mch-transfer/transfer-bills';

// The merchant has its notification a moment before the sandbox has the merchant's answer.
async function until(done) {
  while (!await done()) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

async function transferred(shop) {
  const bill = {
    appid: 'wx8888888888888888',
    out_bill_no: 'B1',
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    user_name: encrypted('张三'),
    transfer_amount: 200_000,
    transfer_remark: '2020年4月报销',
    transfer_scene_id: '1005',
    transfer_scene_report_infos: [{ info_type: '岗位类型', info_content: '外卖员' }],
    notify_url: shop.url,
  };
  const made = await call('POST', TRANSFERS, bill, bySerial);
  assert.equal(made.status, 200, made.text);
}

const scenarios = {
  async 'calls are listed with their verdicts'(it, shop) {
    await it.open();
    await it.sees(it.say('No request has come yet', '还没有收到请求'));
    await it.sees(info.mchid);
    assert.equal((await call('POST', NATIVE, order('ORDER1', shop.url))).status, 200);
    assert.equal((await call('POST', NATIVE, { ...order('ORDER2', shop.url), amount: { total: 0 } })).status, 400);
    await it.go('Requests', '请求');
    await it.sees(it.say('accepted', '通过'), it.page.getByRole('row').nth(2));
    const refused = it.page.getByRole('row').nth(1);
    await it.sees('PARAM_ERROR', refused);
    await it.sees('/amount/total', refused);
    await it.picture('calls');
  },

  async 'a failed signature shows both texts with a mark where they begin to differ'(it, shop) {
    const body = order('ORDER1', shop.url);
    // As a client does that writes its JSON once more, in ASCII.
    const ascii = JSON.stringify(body).replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    assert.equal((await call('POST', NATIVE, body, { signed: ascii })).status, 401);
    await it.open();
    await it.click(it.page.getByRole('link', { name: `/${NATIVE}` }).first());
    const [built, signed] = [it.page.locator('.sides > div').nth(0), it.page.locator('.sides > div').nth(1)];
    await it.sees(it.say('The gateway built', '网关构造的待签名串'), built);
    await it.sees(it.say('The client signed', '客户端实际签名的内容'), signed);
    assert.deepEqual(await it.page.locator('.sides mark').allTextContents(), ['形', '\\']);
    await it.sees('Image形象店', built);
    await it.sees('Image\\u5f62', signed);
    await it.picture('signature');
    await it.page.screenshot({ path: `${process.env.DOCS || process.env.SCREENSHOTS}/sandbox-${it.language}.png` });
  },

  async 'sensitive fields are shown decrypted'(it, shop) {
    await transferred(shop);
    await it.open();
    await it.click(it.page.getByRole('link', { name: `/${TRANSFERS}` }).first());
    await it.sees(it.say('With its sensitive fields decrypted', '敏感字段解密后'));
    await it.sees('"user_name": "张三"');
    await it.picture('decrypted');
  },

  async 'a call shows its answer'(it, shop) {
    const { status, text } = await call('POST', NATIVE, order('ORDER1', shop.url));
    assert.equal(status, 200, text);
    await it.open();
    await it.click(it.page.getByRole('link', { name: `/${NATIVE}` }).first());
    await it.sees(text);
    await it.sees('wechatpay-signature');
    await it.page.getByText(it.say('As JSON with line breaks', '格式化的 JSON')).click();
    await it.sees('"total": 100');
    await it.looksRight();
    await it.picture('call');
  },

  async 'a refusal says what WeChat Pay says, in Chinese, and why'(it) {
    await call('GET', 'v3/pay/transactions/out-trade-no/ORDER1?mchid=' + info.mchid);
    await it.open();
    const row = it.page.getByRole('row').nth(1);
    await it.sees('ORDER_NOT_EXIST', row);
    const text = await row.innerText();
    assert.equal(text.includes('订单不存在'), it.language === 'zh', text);
  },

  async 'a long reason and a long path stay in their columns'(it) {
    const long = 'x'.repeat(300);
    await call('GET', `v3/pay/transactions/out-trade-no/${long}?mchid=${long}`);
    await call('POST', NATIVE, { ...order('ORDER1', 'http://127.0.0.1:9/'), appid: long, time_expire: long });
    await it.open();
    await it.sees(it.say('Verdict', '结论'));
    await it.picture('long');
  },

  async 'an order is paid, and its notification comes'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await it.open();
    await it.go('Orders', '订单');
    await it.sees('NOTPAY', it.row('ORDER1'));
    await it.click(it.button('Pay', '支付', it.row('ORDER1')));
    await it.sees('SUCCESS', it.row('ORDER1'));
    assert.equal((await shop.next()).body.event_type, 'TRANSACTION.SUCCESS');
    await it.picture('orders');
  },

  async 'an order expires'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await it.open('orders');
    await it.click(it.button('Expire', '超时关闭', it.row('ORDER1')));
    await it.sees('CLOSED', it.row('ORDER1'));
  },

  async 'a part of an order is refunded, held and settled'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await control('POST', 'orders/ORDER1/pay', {});
    await control('POST', 'settings', { notify_url: shop.url });
    assert.equal((await shop.next()).body.event_type, 'TRANSACTION.SUCCESS');
    await it.open('orders');
    await it.click(it.button('Hold refunds', '让退款停在处理中'));
    await it.click(it.page.getByRole('link', { name: 'ORDER1', exact: true }));
    await it.page.locator('input[name=amount]').fill('30');
    await it.picture('order');
    await it.click(it.button('Refund', '退款'));
    await it.sees('0.30');
    await it.click(it.page.getByRole('link', { name: 'SANDBOX_REFUND_1' }));
    await it.sees('PROCESSING');
    await it.picture('refund');
    await it.click(it.button('Succeed', '成功'));
    await it.sees('SUCCESS');
    assert.equal((await shop.next()).body.event_type, 'REFUND.SUCCESS');
    await it.go('Orders', '订单');
    await it.sees('0.30', it.row('ORDER1'));
    await it.click(it.button('Let refunds succeed', '恢复自动成功'));
    await it.click(it.button('Refund the rest', '退还剩余金额', it.row('ORDER1')));
    await it.sees('SUCCESS', it.row('SANDBOX_REFUND_2'));
    await it.picture('refunds');
  },

  async 'a user complains'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await it.open('orders');
    assert.equal(await it.button('Complain', '投诉').count(), 0);
    await it.click(it.button('Pay', '支付', it.row('ORDER1')));
    await it.click(it.button('Complain', '投诉', it.row('ORDER1')));
    await it.sees('PENDING', it.row('PENDING'));
    await it.picture('complaints');
    const { complaints: [{ complaint_id: id }] } = await control('GET', 'complaints');
    await it.click(it.page.getByRole('link', { name: id }));
    await it.sees('"complaint_detail": "反馈一个重复扣费的问题"');
    await it.sees('ORDER1');
    await it.picture('complaint');
  },

  async 'a transfer is confirmed'(it, shop) {
    await transferred(shop);
    await it.open('orders');
    await it.click(it.page.getByRole('link', { name: 'B1', exact: true }));
    await it.click(it.button('Confirm', '确认收款'));
    await it.sees('SUCCESS');
  },

  async 'a notification is posted by hand, and shown as it went'(it, shop) {
    await it.open();
    await it.go('Notifications', '通知');
    await it.click(it.page.getByRole('link', { name: it.say('Post one by hand', '手动发送') }));
    await it.page.locator('select[name=event_type]').selectOption('REFUND.SUCCESS');
    await it.page.getByLabel('URL').fill(shop.url);
    await it.picture('post');
    await it.click(it.button('Post', '发送'));
    const { body, headers } = await shop.next();
    assert.equal(body.event_type, 'REFUND.SUCCESS');
    await until(async () => (await control('GET', 'notifications')).notifications.every(({ state }) => state !== 'pending'));
    await it.open('notifications');
    await it.sees(it.say('accepted', '商户已接收'), it.row('REFUND.SUCCESS'));
    await it.picture('notifications');
    await it.click(it.page.getByRole('link', { name: 'REFUND.SUCCESS' }));
    await it.sees('"out_refund_no"');
    await it.sees(body.id);
    await it.sees(headers['wechatpay-signature']);
    await it.sees('{"code":"SUCCESS"}');
    await it.sees('seen');
    await it.picture('notification');
    await it.click(it.button('Again', '重新发送'));
    assert.equal((await shop.next()).body.id, body.id);
  },

  async 'lists are loaded again, and what is opened or filled in is not'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    const again = async (path) => {
      await it.open(path);
      return it.page.locator('script[src="/_sandbox/live.js"]').count();
    };
    for (const path of ['', 'orders', 'notifications']) {
      assert.equal(await again(path), 1, path);
      assert.equal(await it.page.locator('details, textarea, select, input:not([type=hidden])').count(), 0, path);
    }
    // A new request appears by itself, where the reader has scrolled to.
    await it.open();
    await it.seesNot('LIVE1');
    await call('POST', NATIVE, order('LIVE1', shop.url));
    await call('GET', 'v3/pay/transactions/out-trade-no/LIVE1?mchid=' + info.mchid);
    await it.row('LIVE1').waitFor({ timeout: 5_000 });
    const { calls } = await control('GET', 'calls');
    for (const path of ['filter', `calls/${calls[0].id}`, 'orders/ORDER1', 'notifications/new', 'tools']) {
      assert.equal(await again(path), 0, path);
    }
  },

  async 'requests are filtered, in either language'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await call('POST', NATIVE, order('ORDER12', shop.url));
    await it.open();
    await it.click(it.page.getByRole('link', { name: it.say('Filter', '筛选'), exact: true }));
    await it.page.getByLabel(it.say('Order number', '单号')).fill('ORDER1');
    await it.page.getByLabel(it.say('Verdict', '结论')).selectOption('accepted');
    await it.picture('filter');
    await it.click(it.button('Filter', '筛选'));
    const listed = () => it.page.locator('table.calls tbody tr').count();
    assert.equal(await listed(), 1);
    await it.picture('filtered');
    for (const language of [it.say('中文', 'English'), it.say('English', '中文')]) {
      await it.click(it.page.getByRole('link', { name: language }));
      assert.equal(await listed(), 1);
      await it.sees('ORDER1');
    }
    await it.click(it.page.getByRole('link', { name: it.say('Show all', '显示全部') }));
    assert.equal(await listed(), 2);
  },

  async 'the life of an order is drawn'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await call('POST', NATIVE, { ...order('ORDER1', shop.url), amount: { total: 0 } });
    await it.open('orders/ORDER1');
    await it.click(it.button('Pay', '支付'));
    await shop.next();
    await until(async () => (await control('GET', 'notifications')).notifications.every(({ state }) => state !== 'pending'));
    await it.open('orders/ORDER1');
    await it.click(it.button('Refund', '退款'));
    const diagram = it.page.getByRole('group', { name: it.say('The life of the order ORDER1', '订单的经过 ORDER1') });
    for (const text of ['PARAM_ERROR', 'TRANSACTION.SUCCESS', it.say('pays', '支付')]) {
      assert.ok((await diagram.textContent()).includes(text), text);
    }
    for (const colorScheme of ['light', 'dark']) {
      await it.page.emulateMedia({ colorScheme });
      await it.picture(`life-${colorScheme}`);
    }
    await diagram.getByRole('link', { name: 'TRANSACTION.SUCCESS' }).first().click();
    await it.sees('"out_trade_no"');
  },

  async 'a fault is switched on, and acts'(it, shop) {
    await it.open();
    await it.go('Faults and tools', '故障与工具');
    const faults = it.page.locator('form[action$="/faults"]');
    await it.page.locator('select[name=fault]').selectOption('status');
    await it.page.getByLabel(it.say('Value', '参数')).fill('503');
    await it.click(it.button('Set the fault', '设置故障', faults));
    await it.sees('status=503');
    await it.picture('tools');
    assert.equal((await call('POST', NATIVE, order('ORDER1', shop.url))).status, 503);
    assert.equal((await call('POST', NATIVE, order('ORDER1', shop.url))).status, 200);
    await it.go('Requests', '请求');
    const [healthy, spoilt] = [it.page.getByRole('row').nth(1), it.page.getByRole('row').nth(2)];
    await it.sees('status=503', spoilt);
    await it.sees('503', spoilt);
    await it.seesNot('503', healthy);
    await it.picture('faults');
  },

  async 'limits of frequency are switched on, and off'(it) {
    const enforced = async () => (await control('GET', 'limits')).enforce;
    assert.equal(await enforced(), false);
    await it.open('tools');
    await it.sees(it.say('limits are not enforced', '不限制请求频率'));
    await it.click(it.button('Enforce the limits', '按文档限频'));
    assert.equal(await enforced(), true);
    await it.sees(it.say('refused with 429', '会被拒绝（429）'));
    await it.picture('limits');
    await it.click(it.button('Stop enforcing limits', '不再限频'));
    assert.equal(await enforced(), false);
    await it.sees(it.say('limits are not enforced', '不限制请求频率'));
  },

  async 'certificates, clock and settings are changed'(it, shop) {
    const serial = async () => (await call('POST', NATIVE, order('ORDER1', shop.url))).headers.get('wechatpay-serial');
    await it.open('tools');
    const before = (await control('GET', 'info')).platform_cert_serials;
    await it.click(it.button('Add a new one', '轮换：新增一张'));
    await it.click(it.button('Take the old ones off', '移除旧证书'));
    const { platform_cert_serials: [newest, ...others] } = await control('GET', 'info');
    assert.ok(!before.includes(newest) && others.length === 0);
    await it.sees(newest);
    assert.equal(await serial(), info.platform_public_key_id);
    await it.click(it.button('Sign with the certificate', '改用平台证书签名'));
    assert.equal(await serial(), newest);
    await it.click(it.button('Sign with the public key', '改用微信支付公钥签名'));
    assert.equal(await serial(), info.platform_public_key_id);
    await it.page.locator('input[name=notify_url]').fill(shop.url);
    await it.click(it.button('Set the URL', '设置地址'));
    assert.equal((await control('GET', 'settings')).notify_url, shop.url);
    await it.page.locator('input[name=notify_url]').fill('');
    await it.click(it.button('Set the URL', '设置地址'));
    assert.equal((await control('GET', 'settings')).notify_url, null);
    await it.page.locator('input[name=offset_seconds]').fill('-900');
    await it.click(it.button('Set', '设置', it.page.locator('form[action$="/clock"]')));
    assert.equal((await call('POST', NATIVE, order('ORDER1', shop.url))).status, 401);
  },

  async 'the address alone leads to the page'(it) {
    await it.page.goto(info.base_url);
    assert.equal(new URL(it.page.url()).pathname, '/_sandbox/');
    await it.looksRight();
  },

  async 'everything is reset'(it, shop) {
    await call('POST', NATIVE, order('ORDER1', shop.url));
    await control('POST', 'faults', { fault: 'probe' });
    await it.open();
    await it.click(it.button('Forget everything but the keys', '除密钥外全部重置'));
    await it.sees(it.say('No request has come yet', '还没有收到请求'));
    await it.go('Orders', '订单');
    await it.seesNot('ORDER1');
    await it.go('Faults and tools', '故障与工具');
    await it.sees(it.say('Nothing.', '无。'));
  },
};

const browser = await launch();
const only = process.env.ONLY;
let [passed, failed] = [0, 0];
for (const language of ['en', 'zh']) {
  for (const [name, scenario] of Object.entries(scenarios).filter(([name]) => !only || name.includes(only))) {
    const [it, shop] = [await Visitor.in(browser, language), await server()];
    try {
      await control('POST', 'reset', {});
      await it.open();
      await it.click(it.page.getByRole('link', { name: language === 'en' ? 'English' : '中文' }));
      await scenario(it, shop);
      assert.deepEqual(it.complaints, []);
      passed += 1;
      console.log(`ok    page, ${language}: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  page, ${language}: ${name}\n${error.stack}`);
      await it.picture('failed').catch(() => {});
    }
    await it.page.context().close();
    shop.stop();
  }
}
await browser.close();
console.log(`page: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
