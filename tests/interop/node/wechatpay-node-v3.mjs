// wechatpay-node-v3, unchanged, against `wechatpay sandbox`. Arguments: see kit.mjs. Each scenario stands alone.
import assert from 'node:assert/strict';
import { createHash, createVerify, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  ClientFault, appid, base, certificateMode, control, day, info, number, openid, receiver, report, require, versionOf,
} from './kit.mjs';

const WxPay = require('wechatpay-node-v3');
const { PayRequest } = require('wechatpay-node-v3/dist/lib/pay-request');
const certificate = readFileSync(info.merchant_cert);
const host = 'https://api.mch.weixin.qq.com';

const toSandbox = (url) => url.replace(new RegExp(`^(${host})?/`), `${base}/`);

/** The client's own HTTP, sent to the sandbox. Its README names `createHttp` for requests that are sent in another way. */
class ToSandbox extends PayRequest {
  async post(url, params, headers) { return super.post(toSandbox(url), params, headers); }

  async get(url, headers) { return super.get(toSandbox(url), headers); }
}

function client(changes = {}) {
  const pay = new WxPay({
    appid,
    mchid: info.mchid,
    publicKey: certificate,
    privateKey: readFileSync(info.merchant_key),
    key: info.apiv3_key,
    ...changes,
  });
  pay.createHttp(new ToSandbox());
  return pay;
}

function ok(answer, status = 200) {
  assert.equal(answer.status, status, JSON.stringify(answer));
  return answer.data;
}

function refused(answer, status, code) {
  assert.equal(answer.status, status, JSON.stringify(answer));
  const body = JSON.parse(answer.error);
  assert.equal(body.code, code);
  return body;
}

const order = (changes = {}) => ({
  description: 'QQ公仔',
  out_trade_no: number('T'),
  notify_url: 'http://127.0.0.1:9/none',
  amount: { total: 100 },
  ...changes,
});

async function paid(pay, changes) {
  const body = order(changes);
  ok(await pay.transactions_native(body));
  await control(`orders/${body.out_trade_no}/pay`);
  return body;
}

/** Whether the signature of the front end's parameters is the merchant's. */
function isMerchants(text, signature) {
  return createVerify('RSA-SHA256').update(text).verify(new X509Certificate(certificate).publicKey, signature, 'base64');
}

/** What `verifySign` and `decipher_gcm` make of a delivery, as the README has it. */
async function open(pay, { headers, body }) {
  const verified = await pay.verifySign({
    timestamp: headers['wechatpay-timestamp'],
    nonce: headers['wechatpay-nonce'],
    serial: headers['wechatpay-serial'],
    signature: headers['wechatpay-signature'],
    body,
    apiSecret: info.apiv3_key,
  });
  assert.ok(verified, 'the notification does not verify');
  const { resource } = JSON.parse(body);
  return pay.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce);
}

const subOrder = () => ({
  mchid: info.mchid, attach: 'a', amount: { total_amount: 10, currency: 'CNY' }, out_trade_no: number('S'), description: 'QQ公仔',
});

const scenarios = {
  async order() {
    const pay = client();
    const body = order();
    const { code_url: url } = ok(await pay.transactions_native(body));
    assert.match(url, /^weixin:\/\//);
    assert.ok(ok(await pay.transactions_native(body)).code_url);
    refused(await pay.transactions_native({ ...body, amount: { total: 101 } }), 400, 'INVALID_REQUEST');
  },

  async 'trade-types'() {
    const pay = client();
    const scene_info = { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap', app_name: 'demo', app_url: 'https://example.com' } };
    assert.match(ok(await pay.transactions_h5(order({ scene_info }))).h5_url, /^https?:\/\//);
    assert.match(ok(await pay.transactions_native(order())).code_url, /^weixin:\/\//);
    assert.match(ok(await pay.transactions_app(order())).prepayid, /^wx/);
    assert.match(ok(await pay.transactions_jsapi(order({ payer: { openid } }))).package, /^prepay_id=wx/);
  },

  async 'pay-params'() {
    const pay = client();
    const it = ok(await pay.transactions_jsapi(order({ payer: { openid } })));
    assert.ok(isMerchants(`${it.appId}\n${it.timeStamp}\n${it.nonceStr}\n${it.package}\n`, it.paySign));
    const app = ok(await pay.transactions_app(order()));
    assert.ok(isMerchants(`${app.appid}\n${app.timestamp}\n${app.noncestr}\n${app.prepayid}\n`, app.sign));
  },

  async query() {
    const pay = client();
    const { out_trade_no } = order();
    ok(await pay.transactions_native(order({ out_trade_no })));
    assert.equal(ok(await pay.query({ out_trade_no })).trade_state, 'NOTPAY');
    await control(`orders/${out_trade_no}/pay`);
    const { trade_state: state, transaction_id } = ok(await pay.query({ out_trade_no }));
    assert.equal(state, 'SUCCESS');
    assert.equal(ok(await pay.query({ transaction_id })).out_trade_no, out_trade_no);
    refused(await pay.query({ out_trade_no: 'nosuchorder' }), 404, 'ORDER_NOT_EXIST');
  },

  async close() {
    const pay = client();
    const { out_trade_no } = order();
    ok(await pay.transactions_native(order({ out_trade_no })));
    ok(await pay.close(out_trade_no), 204);
    assert.equal(ok(await pay.query({ out_trade_no })).trade_state, 'CLOSED');
  },

  async combine() {
    const pay = client();
    const combine_out_trade_no = number('C');
    const sub_orders = [subOrder(), subOrder()];
    const made = ok(await pay.combine_transactions_native({
      combine_out_trade_no, sub_orders, notify_url: 'http://127.0.0.1:9/none',
    }));
    assert.match(made.code_url, /^weixin:\/\//);
    assert.equal(ok(await pay.combine_query(combine_out_trade_no)).sub_orders.length, 2);
    const named = sub_orders.map(({ mchid, out_trade_no }) => ({ mchid, out_trade_no }));
    ok(await pay.combine_close(combine_out_trade_no, named), 204);
    const states = ok(await pay.combine_query(combine_out_trade_no)).sub_orders.map((it) => it.trade_state);
    assert.deepEqual(states, ['CLOSED', 'CLOSED']);
  },

  async notify() {
    await certificateMode(async () => {
      const pay = client();
      const target = await receiver();
      const body = await paid(pay, { notify_url: target.url, attach: '门店一' });
      const delivery = await target.next();
      const found = await open(pay, delivery);
      assert.equal(found.out_trade_no, body.out_trade_no);
      assert.equal(found.attach, '门店一');
      await assert.rejects(open(pay, { ...delivery, body: `${delivery.body} ` }));
    });
  },

  async refund() {
    const pay = client();
    const { out_trade_no } = await paid(pay);
    const part = (refund) => ({ out_trade_no, out_refund_no: number('R'), amount: { refund, total: 100, currency: 'CNY' } });
    const first = part(60);
    assert.equal(ok(await pay.refunds(first)).amount.refund, 60);
    refused(await pay.refunds(part(41)), 400, 'INVALID_REQUEST');
    ok(await pay.refunds(part(40)));
    assert.equal(ok(await pay.find_refunds(first.out_refund_no)).status, 'SUCCESS');
  },

  async 'refund-notify'() {
    await certificateMode(async () => {
      const pay = client();
      const target = await receiver();
      const { out_trade_no } = await paid(pay);
      const out_refund_no = number('R');
      const amount = { refund: 60, total: 100, currency: 'CNY' };
      ok(await pay.refunds({ out_trade_no, out_refund_no, amount, notify_url: target.url }));
      const found = await open(pay, await target.next());
      assert.equal(found.out_refund_no, out_refund_no);
    });
  },

  async share() {
    const pay = client();
    const receiver = { type: 'MERCHANT_ID', account: '1900000110' };
    const [{ serial_no: wx_serial_no, publicKey }] = await pay.get_certificates(info.apiv3_key);
    const name = pay.publicEncrypt('示例商户全称', publicKey);
    ok(await pay.profitsharing_receivers_add({ ...receiver, name, relation_type: 'PARTNER', wx_serial_no }));
    const { out_trade_no } = await paid(pay, { settle_info: { profit_sharing: true } });
    const { transaction_id } = ok(await pay.query({ out_trade_no }));
    assert.ok(ok(await pay.query_profitsharing_amounts(transaction_id)).unsplit_amount > 0);
    const out_order_no = number('P');
    const receivers = [{ ...receiver, amount: 10, description: '分给商户' }];
    // Without `wx_serial_no` the client names the merchant's certificate in Wechatpay-Serial.
    ok(await pay.create_profitsharing_orders({ transaction_id, out_order_no, receivers, unfreeze_unsplit: true }));
    assert.equal(ok(await pay.query_profitsharing_orders(transaction_id, out_order_no)).state, 'FINISHED');
    ok(await pay.profitsharing_receivers_delete(receiver));
  },

  async transfer() {
    const pay = client();
    const [{ serial_no: wx_serial_no, publicKey }] = await pay.get_certificates(info.apiv3_key);
    const out_batch_no = number('B');
    const out_detail_no = number('D');
    ok(await pay.batches_transfer({
      out_batch_no,
      batch_name: '报销',
      batch_remark: '报销',
      total_amount: 100,
      total_num: 1,
      transfer_scene_id: '1000',
      wx_serial_no,
      transfer_detail_list: [{
        out_detail_no, transfer_amount: 100, transfer_remark: '报销', openid, user_name: pay.publicEncrypt('张三', publicKey),
      }],
    }));
    const listed = ok(await pay.query_batches_transfer_list({ out_batch_no, need_query_detail: true, detail_status: 'ALL' }));
    assert.equal(listed.transfer_batch.batch_status, 'FINISHED');
    const detail = ok(await pay.query_batches_transfer_detail({ out_batch_no, out_detail_no }));
    assert.equal(detail.transfer_amount, 100);
    assert.equal(pay.privateDecrypt(detail.user_name), '张三');
  },

  async encrypt() {
    const pay = client();
    const [{ serial_no: wx_serial_no, publicKey }] = await pay.get_certificates(info.apiv3_key);
    const add = (name, serial) => pay.profitsharing_receivers_add({
      type: 'MERCHANT_ID', account: '1900000111', relation_type: 'PARTNER', name, wx_serial_no: serial,
    });
    ok(await add(pay.publicEncrypt('示例商户全称', publicKey), wx_serial_no));
    refused(await add('示例商户全称', wx_serial_no), 400, 'PARAM_ERROR');
    // Nothing says with which key the name is encrypted: the client names the merchant's certificate.
    refused(await add(pay.publicEncrypt('示例商户全称', publicKey)), 400, 'PARAM_ERROR');
  },

  async upload() {
    const answer = await client().upload_images(Buffer.from('ffd8ffe000104a46494600', 'hex'), 'a.jpg');
    if (answer.status === 200) { assert.ok(answer.data.media_id); return; }
    throw new ClientFault(
      'uploads are sent as JSON to a path without a host, never as the multipart form that its PayRequest.upload builds',
      '上传请求以 JSON 发往不带域名的路径，没有使用 PayRequest.upload 中的 multipart 表单',
      'dist/index.js: upload_images calls httpService.post',
    );
  },

  async bill() {
    const pay = client();
    const { out_trade_no } = await paid(pay);
    const { download_url: url, hash_value: digest } = ok(await pay.tradebill({ bill_date: day(0), bill_type: 'ALL' }));
    // The client takes WeChat Pay's host off before it signs.
    const text = ok(await pay.downloadBill(url.replace(base, host)));
    const content = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    assert.equal(createHash('sha1').update(content).digest('hex'), digest.toLowerCase());
    assert.ok(content.includes(out_trade_no));
    refused(await pay.tradebill({ bill_date: day(2), bill_type: 'ALL' }), 400, 'NO_STATEMENT_EXIST');
  },

  async 'fund-bill'() {
    const pay = client();
    await paid(pay);
    const { download_url: url } = ok(await pay.fundflowbill({ bill_date: day(0), account_type: 'BASIC' }));
    assert.ok(String(ok(await pay.downloadBill(url.replace(base, host)))).includes('资金流水总笔数'));
  },

  async certificates() {
    const certificates = await client().get_certificates(info.apiv3_key);
    assert.ok(certificates.some((it) => it.serial_no === info.platform_cert_serial));
    assert.match(certificates[0].publicKey, /^-----BEGIN PUBLIC KEY-----/);
  },

  async 'wrong-key'() {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pay = client({ privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) });
    refused(await pay.transactions_native(order()), 401, 'SIGN_ERROR');
  },

  async spoilt() {
    await control('faults', { fault: 'wrong_signature', times: 1 });
    const answer = await client().transactions_native(order());
    if (answer.status !== 200) return;
    throw new ClientFault(
      'answers are not verified: one with a wrong signature is returned as successful',
      '应答不验签：签名错误的应答也被当作成功返回',
      'dist/lib/pay-request.js: post, get',
    );
  },
};

await report('wechatpay-node-v3', versionOf('wechatpay-node-v3'), scenarios);
