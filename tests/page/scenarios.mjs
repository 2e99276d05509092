// What somebody does on the sandbox's page, in both languages. Argument: a file with the sandbox's `--json` line.
// Each scenario begins with a sandbox that has been reset.
import assert from 'node:assert/strict';
import { launch, Visitor } from './browser.mjs';
import { bySerial, call, control, encrypted, info, order, server } from './merchant.mjs';

const NATIVE = 'v3/pay/transactions/native';
const TRANSFERS = 'v3/fund-app/mch-transfer/transfer-bills';

const scenarios = {
  async 'calls are listed with their verdicts'(it, shop) {
    await it.open();
    await it.sees(it.say('No request has come yet', '还没有收到请求'));
    await it.sees(info.mchid);
    assert.equal((await call('POST', NATIVE, order('T1', shop.url))).status, 200);
    assert.equal((await call('POST', NATIVE, { ...order('T2', shop.url), amount: { total: 0 } })).status, 400);
    await it.go('Requests', '请求');
    await it.sees(it.say('accepted', '通过'), it.page.getByRole('row').nth(2));
    const refused = it.page.getByRole('row').nth(1);
    await it.sees('PARAM_ERROR', refused);
    await it.sees('/amount/total', refused);
    await it.picture('calls');
  },

  async 'a failed signature shows both texts with a mark where they begin to differ'(it, shop) {
    const body = order('T1', shop.url);
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
    await it.open();
    await it.click(it.page.getByRole('link', { name: `/${TRANSFERS}` }).first());
    await it.sees(it.say('With its sensitive fields decrypted', '敏感字段解密后'));
    await it.sees('"user_name": "张三"');
    await it.picture('decrypted');
  },

  async 'an order is paid, and its notification comes'(it, shop) {
    await call('POST', NATIVE, order('T1', shop.url));
    await it.open();
    await it.go('Orders', '订单');
    await it.sees('NOTPAY', it.row('T1'));
    await it.click(it.button('Pay', '支付', it.row('T1')));
    await it.sees('SUCCESS', it.row('T1'));
    assert.equal((await shop.next()).body.event_type, 'TRANSACTION.SUCCESS');
    await it.picture('orders');
  },

  async 'an order expires'(it, shop) {
    await call('POST', NATIVE, order('T1', shop.url));
    await it.open('orders');
    await it.click(it.button('Expire', '超时关闭', it.row('T1')));
    await it.sees('CLOSED', it.row('T1'));
  },

  async 'a notification is posted by hand'(it, shop) {
    await it.open();
    await it.go('Notifications', '通知');
    await it.page.locator('select[name=event_type]').selectOption('REFUND.SUCCESS');
    await it.page.getByLabel('URL').fill(shop.url);
    await it.click(it.button('Post', '投递'));
    assert.equal((await shop.next()).body.event_type, 'REFUND.SUCCESS');
    await it.open('notifications');
    await it.sees(it.say('accepted', '商户已接收'), it.row('REFUND.SUCCESS'));
    await it.picture('notifications');
  },

  async 'a fault is switched on, and acts'(it, shop) {
    await it.open();
    await it.go('Faults and tools', '故障与工具');
    await it.page.locator('select[name=fault]').selectOption('status');
    await it.page.getByLabel(it.say('Value', '参数')).fill('503');
    await it.click(it.button('Let it happen', '设置', it.page.locator('form[action$="/faults"]')));
    await it.sees('status=503');
    await it.picture('tools');
    assert.equal((await call('POST', NATIVE, order('T1', shop.url))).status, 503);
    assert.equal((await call('POST', NATIVE, order('T1', shop.url))).status, 200);
  },

  async 'everything is reset'(it, shop) {
    await call('POST', NATIVE, order('T1', shop.url));
    await control('POST', 'faults', { fault: 'probe' });
    await it.open();
    await it.click(it.button('Forget everything but the keys', '除密钥外全部重置'));
    await it.sees(it.say('No request has come yet', '还没有收到请求'));
    await it.go('Orders', '订单');
    await it.seesNot('T1');
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
