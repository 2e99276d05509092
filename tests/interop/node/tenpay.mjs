// tenpay, unchanged, against `wechatpay sandbox`. Arguments: see kit.mjs. Each scenario stands alone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ClientFault, appid, base, control, day, info, number, openid, receiver, report, require, versionOf } from './kit.mjs';

const Tenpay = require('tenpay');

/** The client has no setting for the host; its table of addresses is public. */
function client(changes = {}) {
  const api = new Tenpay({
    appid,
    mchid: info.mchid,
    partnerKey: info.v2_key,
    notify_url: 'http://127.0.0.1:9/none',
    spbill_create_ip: '127.0.0.1',
    ...changes,
  });
  api.urls = Object.fromEntries(Object.entries(api.urls)
    .map(([name, url]) => [name, url.replace(/^https:\/\/[^/]+/, base)]));
  return api;
}

const order = (changes = {}) => ({
  out_trade_no: number('T'), body: 'QQ公仔', total_fee: 100, openid, ...changes,
});

async function paid(api, changes) {
  const made = order(changes);
  await api.unifiedOrder(made);
  await control(`orders/${made.out_trade_no}/pay`);
  return made;
}

async function refused(call, code) {
  const error = await call.then(() => null, (reason) => reason);
  assert.equal(error?.message, code, `expected ${code}`);
}

/** What the client's middleware for Express makes of a delivery. */
function middleware(api, kind, { body }) {
  return new Promise((resolve, reject) => {
    const request = { body };
    const response = { header() {}, send: (text) => reject(new Error(`refused: ${text}`)) };
    api.middlewareForExpress(kind)(request, response, () => resolve(request.weixin));
  });
}

const acknowledgement = '<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>';

const scenarios = {
  async order() {
    const api = client();
    const body = order();
    const first = await api.unifiedOrder({ ...body });
    assert.match(first.prepay_id, /^wx/);
    assert.equal((await api.unifiedOrder({ ...body })).prepay_id, first.prepay_id);
    await refused(api.unifiedOrder({ ...body, total_fee: 101 }), 'INVALID_REQUEST');
  },

  async 'trade-types'() {
    const api = client();
    const native = await api.unifiedOrder(order({ trade_type: 'NATIVE', product_id: '1' }));
    assert.match(native.code_url, /^weixin:\/\//);
    const h5 = await api.unifiedOrder(order({ trade_type: 'MWEB', scene_info: '{"h5_info":{"type":"Wap"}}' }));
    assert.match(h5.mweb_url, /^https?:\/\//);
    assert.match((await api.unifiedOrder(order({ trade_type: 'APP' }))).prepay_id, /^wx/);
    // Every answer is verified by the client, also with HMAC-SHA256.
    const hmac = await api.unifiedOrder(order({ sign_type: 'HMAC-SHA256' }));
    assert.match(hmac.prepay_id, /^wx/);
  },

  async 'pay-params'() {
    const { paySign, timestamp, ...signed } = await client().getPayParams(order());
    assert.equal(timestamp, signed.timeStamp);
    const text = Object.keys(signed).sort().map((name) => `${name}=${signed[name]}`).join('&');
    assert.equal(paySign, createHash('md5').update(`${text}&key=${info.v2_key}`).digest('hex').toUpperCase());
    const app = await client().getAppParams(order());
    assert.match(app.prepayid, /^wx/);
  },

  async query() {
    const api = client();
    const body = order();
    await api.unifiedOrder({ ...body });
    const query = () => api.orderQuery({ out_trade_no: body.out_trade_no });
    assert.equal((await query()).trade_state, 'NOTPAY');
    await control(`orders/${body.out_trade_no}/pay`);
    const found = await query();
    assert.equal(found.trade_state, 'SUCCESS');
    assert.equal(found.total_fee, '100');
    const byId = await api.orderQuery({ transaction_id: found.transaction_id });
    assert.equal(byId.out_trade_no, body.out_trade_no);
    await refused(api.orderQuery({ out_trade_no: 'nosuchorder' }), 'ORDERNOTEXIST');
  },

  async close() {
    const api = client();
    const body = order();
    await api.unifiedOrder({ ...body });
    await api.closeOrder({ out_trade_no: body.out_trade_no });
    assert.equal((await api.orderQuery({ out_trade_no: body.out_trade_no })).trade_state, 'CLOSED');
  },

  async micropay() {
    const api = client();
    const { openid: _, ...body } = order();
    // The user still has to type the password.
    await refused(api.micropay({ ...body, auth_code: '130061098828009406' }), 'USERPAYING');
    await control(`orders/${body.out_trade_no}/pay`);
    const done = await api.orderQuery({ out_trade_no: body.out_trade_no });
    assert.equal(done.trade_state, 'SUCCESS');
    assert.equal(done.trade_type, 'MICROPAY');
    await api.reverse({ out_trade_no: body.out_trade_no });
    const found = await api.orderQuery({ out_trade_no: body.out_trade_no });
    assert.match(found.trade_state, /^(REVOKED|REFUND)$/);
  },

  async combine() {
    const sub = { mch_id: info.mchid, out_trade_no: number('S'), body: 'QQ公仔', total_fee: 10, attach: 'a', appid };
    const made = await client().combinedOrder({
      combine_out_trade_no: number('C'), trade_type: 'NATIVE', scene_info: '{"device_id":"1"}',
      sub_order_list: JSON.stringify({ order_num: 2, order_list: [sub, { ...sub, out_trade_no: number('S') }] }),
    });
    assert.match(made.code_url, /^weixin:\/\//);
  },

  async notify() {
    const api = client();
    const target = await receiver(acknowledgement);
    const body = await paid(api, { notify_url: target.url, attach: '门店一' });
    const delivery = await target.next();
    const found = await middleware(api, 'pay', delivery);
    assert.equal(found.out_trade_no, body.out_trade_no);
    assert.equal(found.attach, '门店一');
    const changed = { body: delivery.body.replace('门店一', '门店二') };
    await assert.rejects(middleware(api, 'pay', changed), /sign签名错误/);
  },

  async refund() {
    const api = client();
    const { out_trade_no } = await paid(api);
    const part = (fee) => ({ out_trade_no, out_refund_no: number('R'), total_fee: 100, refund_fee: fee });
    const first = part(60);
    assert.equal((await api.refund(first)).refund_fee, '60');
    const tooMuch = await api.refund(part(41)).then(() => null, (error) => error);
    assert.ok(tooMuch, 'more was refunded than was paid');
    await api.refund(part(40));
    const found = await api.refundQuery({ out_refund_no: first.out_refund_no });
    assert.equal(found.refund_status_0, 'SUCCESS');
    assert.equal(found.refund_fee_0, '60');
  },

  async 'refund-notify'() {
    const api = client();
    const target = await receiver(acknowledgement);
    const { out_trade_no } = await paid(api);
    const out_refund_no = number('R');
    await api.refund({ out_trade_no, out_refund_no, total_fee: 100, refund_fee: 60, notify_url: target.url });
    const found = await middleware(api, 'refund', await target.next());
    assert.equal(found.req_info.out_refund_no, out_refund_no);
    assert.equal(found.req_info.refund_fee, '60');
  },

  async transfer() {
    const api = client();
    const partner_trade_no = number('P');
    const made = await api.transfers({ partner_trade_no, openid, re_user_name: '张三', amount: 100, desc: '报销' });
    assert.equal(made.partner_trade_no, partner_trade_no);
    const found = await api.transfersQuery({ partner_trade_no });
    assert.equal(found.partner_trade_no, partner_trade_no);
    assert.equal(found.payment_amount, '100');
  },

  async 'bank-transfer'() {
    const api = client();
    const partner_trade_no = number('K');
    const made = await api.payBank({
      partner_trade_no, bank_code: '1002', enc_bank_no: '6225000000000000', enc_true_name: '张三', amount: 100, desc: '报销',
    });
    assert.equal(made.partner_trade_no, partner_trade_no);
    const found = await api.queryBank({ partner_trade_no });
    assert.equal(found.partner_trade_no, partner_trade_no);
    assert.equal(found.amount, '100');
    assert.match(found.status, /^(PROCESSING|SUCCESS)$/);
  },

  async 'red-packet'() {
    const api = client();
    const mch_billno = number('H').slice(0, 28);
    const packet = { send_name: '商户', re_openid: openid, total_amount: 100, wishing: '恭喜', act_name: '活动', remark: '备注' };
    const made = await api.sendRedpack({ mch_billno, ...packet });
    assert.equal(made.mch_billno, mch_billno);
    const found = await api.redpackQuery({ mch_billno });
    assert.equal(found.mch_billno, mch_billno);
    assert.equal(found.total_amount, '100');
    assert.match(found.status, /^(SENDING|SENT|RECEIVED)$/);
    const group = await api.sendGroupRedpack({ mch_billno: number('G').slice(0, 28), ...packet, total_amount: 300 });
    assert.equal(group.total_amount, '300');
  },

  async coupon() {
    const api = client();
    const sent = await api.sendCoupon({ coupon_stock_id: '1757', partner_trade_no: number('Q'), openid });
    assert.equal(sent.coupon_stock_id, '1757');
    assert.equal((await api.queryCouponStock({ coupon_stock_id: '1757' })).coupon_stock_id, '1757');
    const coupon = await api.queryCouponInfo({ coupon_id: sent.coupon_id, openid, stock_id: '1757' });
    assert.equal(coupon.coupon_stock_id, '1757');
  },

  async bill() {
    const api = client();
    const { out_trade_no } = await paid(api);
    const bill_date = day(0).replaceAll('-', '');
    const text = await api.downloadBill({ bill_date });
    assert.ok(text.includes(out_trade_no) && text.includes('总交易单数'));
    const read = await api.downloadBill({ bill_date }, true);
    const at = read.list_title.indexOf('商户订单号');
    assert.ok(read.list_data.some((row) => row[at] === out_trade_no), 'the order is not where the titles say');
    assert.equal(read.total_data.length, read.total_title.length);
    await refused(api.downloadBill({ bill_date: day(2).replaceAll('-', '') }), 'No Bill Exist');
  },

  async 'fund-bill'() {
    const api = client();
    await paid(api);
    const read = await api.downloadFundflow({ bill_date: day(0).replaceAll('-', '') }, true);
    assert.ok(read.list_data.length >= 1);
    assert.equal(read.list_data[0].length, read.list_title.length);
  },

  async 'wrong-key'() {
    const api = client({ partnerKey: '0'.repeat(32) });
    const error = await api.unifiedOrder(order()).then(() => null, (reason) => reason);
    // The client itself says "sign签名错误" of an answer that it cannot verify.
    assert.equal(error?.message, '签名错误');
  },

  async spoilt() {
    const api = client();
    await control('faults', { fault: 'wrong_signature', times: 1 });
    await assert.rejects(api.unifiedOrder(order()), /sign签名错误/);
  },
};

await report('tenpay', versionOf('tenpay'), scenarios);
