// wechatpay-axios-plugin, unchanged, against `wechatpay sandbox`.
// Arguments: see kit.mjs. Each scenario stands alone.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { appid, control, day, info, number, openid, receiver, report, require, versionOf } from './kit.mjs';

const { Wechatpay, Rsa, Aes, Formatter, Multipart } = require('wechatpay-axios-plugin');

function client(changes = {}) {
  return new Wechatpay({
    baseURL: info.base_url,
    mchid: info.mchid,
    serial: info.serial,
    privateKey: readFileSync(info.merchant_key),
    certs: { [info.platform_public_key_id]: readFileSync(info.platform_public_key) },
    secret: info.v2_key,
    proxy: false,
    ...changes,
  });
}

// As the SDK's README tells a merchant to do it.
function open({ headers, body }) {
  const serial = headers['wechatpay-serial'];
  assert.equal(serial, info.platform_public_key_id);
  const text = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
  const key = Rsa.from(readFileSync(info.platform_public_key), Rsa.KEY_TYPE_PUBLIC);
  assert.ok(Rsa.verify(text, headers['wechatpay-signature'], key), 'the notification does not verify');
  const envelope = JSON.parse(body);
  const { nonce, ciphertext, associated_data: aad } = envelope.resource;
  const plain = Aes.AesGcm.decrypt(ciphertext, info.apiv3_key, nonce, aad);
  return { envelope, resource: JSON.parse(plain) };
}

const order = (changes = {}) => ({
  appid,
  mchid: info.mchid,
  description: 'Image形象店-深圳腾大-QQ公仔',
  out_trade_no: number('T'),
  notify_url: 'http://127.0.0.1:9/none',
  amount: { total: 100, currency: 'CNY' },
  ...changes,
});

async function paid(wxpay, changes) {
  const body = order(changes);
  await wxpay.v3.pay.transactions.native.post(body);
  await control(`orders/${body.out_trade_no}/pay`);
  return body;
}

const part = (body, refund, changes = {}) => ({
  out_trade_no: body.out_trade_no,
  out_refund_no: number('R'),
  amount: { refund, total: 100, currency: 'CNY' },
  ...changes,
});

async function refused(call, status, code) {
  const error = await call.then(() => null, (reason) => reason);
  assert.ok(error, `expected ${status} ${code}, and it succeeded`);
  assert.equal(error.response?.status, status, error.message);
  assert.equal(error.response.data.code, code);
  return error.response.data;
}

/** Calls until the limit of a minute refuses; a new minute may begin once meanwhile. */
async function limited(count, call) {
  await control('limits', { enforce: true });
  try {
    for (let made = 0; made <= 2 * count; made += 1) {
      const error = await call().then(() => null, (reason) => reason);
      if (error) {
        assert.equal(error.response?.data.code, 'FREQUENCY_LIMITED', error.message);
        assert.ok(made >= count, `refused after ${made} calls`);
        return;
      }
    }
    assert.fail(`${2 * count} calls were not limited`);
  } finally {
    await control('limits', { enforce: false });
  }
}

const scenarios = {
  async order() {
    const wxpay = client();
    const body = order({ payer: { openid } });
    const first = await wxpay.v3.pay.transactions.jsapi.post(body);
    assert.match(first.data.prepay_id, /^wx/);
    const again = await wxpay.v3.pay.transactions.jsapi.post(body);
    assert.equal(again.data.prepay_id, first.data.prepay_id);
    const other = { ...body, amount: { total: 101, currency: 'CNY' } };
    await refused(wxpay.v3.pay.transactions.jsapi.post(other), 400, 'INVALID_REQUEST');
  },

  async query() {
    const wxpay = client();
    const body = order();
    const { data: { code_url: url } } = await wxpay.v3.pay.transactions.native.post(body);
    assert.match(url, /^weixin:\/\//);
    const query = () => wxpay.v3.pay.transactions.outTradeNo._out_trade_no_
      .get({ params: { mchid: info.mchid }, out_trade_no: body.out_trade_no });
    assert.equal((await query()).data.trade_state, 'NOTPAY');
    await control(`orders/${body.out_trade_no}/pay`);
    const { data } = await query();
    assert.equal(data.trade_state, 'SUCCESS');
    assert.equal(data.amount.total, 100);
    const byId = await wxpay.v3.pay.transactions.id['{transaction_id}']
      .get({ params: { mchid: info.mchid }, transaction_id: data.transaction_id });
    assert.equal(byId.data.out_trade_no, body.out_trade_no);
    await refused(wxpay.v3.pay.transactions.outTradeNo.nosuchorder
      .get({ params: { mchid: info.mchid } }), 404, 'ORDER_NOT_EXIST');
  },

  async close() {
    const wxpay = client();
    const body = order();
    await wxpay.v3.pay.transactions.native.post(body);
    const closed = await wxpay.v3.pay.transactions.outTradeNo._out_trade_no_.close
      .post({ mchid: info.mchid }, { out_trade_no: body.out_trade_no });
    assert.equal(closed.status, 204);
    const { data } = await wxpay.chain(`v3/pay/transactions/out-trade-no/${body.out_trade_no}`)
      .get({ params: { mchid: info.mchid } });
    assert.equal(data.trade_state, 'CLOSED');
  },

  async notify() {
    const wxpay = client();
    const target = await receiver();
    const body = await paid(wxpay, { notify_url: target.url, attach: '门店一' });
    const { envelope, resource } = open(await target.next());
    assert.equal(envelope.event_type, 'TRANSACTION.SUCCESS');
    assert.equal(resource.out_trade_no, body.out_trade_no);
    assert.equal(resource.trade_state, 'SUCCESS');
    assert.equal(resource.attach, '门店一');
    assert.equal(resource.amount.payer_total, 100);
  },

  async refund() {
    const wxpay = client();
    const body = await paid(wxpay);
    const first = part(body, 60);
    const { data } = await wxpay.v3.refund.domestic.refunds.post(first);
    assert.equal(data.amount.refund, 60);
    await refused(wxpay.v3.refund.domestic.refunds.post(part(body, 41)), 400, 'INVALID_REQUEST');
    await wxpay.v3.refund.domestic.refunds.post(part(body, 40));
    const { data: found } = await wxpay.v3.refund.domestic.refunds['{out_refund_no}']
      .get({ out_refund_no: first.out_refund_no });
    assert.equal(found.status, 'SUCCESS');
  },

  async 'refund-notify'() {
    const wxpay = client();
    const target = await receiver();
    const refund = part(await paid(wxpay), 60, { notify_url: target.url });
    await wxpay.v3.refund.domestic.refunds.post(refund);
    const { envelope, resource } = open(await target.next());
    assert.equal(envelope.event_type, 'REFUND.SUCCESS');
    assert.equal(resource.out_refund_no, refund.out_refund_no);
    assert.equal(resource.amount.refund, 60);
  },

  async encrypt() {
    const wxpay = client();
    const key = Rsa.from(readFileSync(info.platform_public_key), Rsa.KEY_TYPE_PUBLIC);
    const transfer = (changes = {}) => ({
      appid,
      out_bill_no: number('B'),
      transfer_scene_id: '1000',
      openid,
      user_name: Rsa.encrypt('张三', key),
      transfer_amount: 30,
      transfer_remark: '新会员开通有礼',
      transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '新会员有礼' }],
      ...changes,
    });
    const headers = { 'Wechatpay-Serial': info.platform_public_key_id };
    const bills = wxpay.v3.fundApp.mchTransfer.transferBills;
    const body = transfer();
    const { data } = await bills.post(body, { headers });
    assert.equal(data.out_bill_no, body.out_bill_no);
    assert.equal(data.state, 'WAIT_USER_CONFIRM');
    assert.ok(data.package_info);
    await refused(bills.post(transfer({ user_name: '张三' }), { headers }), 400, 'PARAM_ERROR');
    await refused(bills.post(transfer()), 400, 'PARAM_ERROR');
  },

  async 'control-order'() {
    const wxpay = client();
    const key = Rsa.from(readFileSync(info.platform_public_key), Rsa.KEY_TYPE_PUBLIC);
    const headers = { 'Wechatpay-Serial': info.platform_public_key_id };
    const account = '6217000000000000001';
    const { controlOrders } = wxpay.v3.aggracctBc.wbChannel;
    const punishment = (changes = {}) => ({
      out_request_no: number('C'),
      mchid: '1900000110',
      bal_account_no: Rsa.encrypt(account, key),
      punish_scene: 1,
      punish_reason: '连续三日交易异常',
      ...changes,
    });
    await refused(controlOrders.punish.post(punishment({ bal_account_no: account }), { headers }), 400, 'PARAM_ERROR');
    const body = punishment();
    const { data: punished } = await controlOrders.punish.post(body, { headers });
    // Encrypted anew, so other bytes of the same account.
    const again = { ...body, bal_account_no: Rsa.encrypt(account, key) };
    const { data: repeated } = await controlOrders.punish.post(again, { headers });
    assert.equal(repeated.wxpay_punish_no, punished.wxpay_punish_no);
    await refused(controlOrders.punish.post({ ...again, punish_scene: 2 }, { headers }), 400, 'ALREADY_EXISTS');

    const target = await receiver();
    const violation = { sub_mchid: '1900000110', record_id: punished.wxpay_punish_no, punish_description: '连续三日交易异常' };
    await control('notifications', { event_type: 'VIOLATION.PUNISH', url: target.url, resource: violation });
    const { envelope, resource } = open(await target.next());
    assert.equal(envelope.event_type, 'VIOLATION.PUNISH');
    assert.deepEqual(resource, violation);

    const params = { control_type: 'PUNISH', mchid: '1900000110' };
    const query = async () => (await controlOrders['{out_request_no}']
      .get({ params, out_request_no: body.out_request_no })).data.punish_order;
    const inForce = await query();
    assert.equal(inForce.wxpay_punish_no, punished.wxpay_punish_no);
    assert.equal(inForce.punish_reason, '连续三日交易异常');
    assert.notEqual(inForce.effect_state, 'RECOVERED');
    await controlOrders.recover.post({
      out_request_no: number('C'),
      related_webank_punish_no: body.out_request_no,
      related_wxpay_punish_no: punished.wxpay_punish_no,
      mchid: '1900000110',
      bal_account_no: Rsa.encrypt(account, key),
      recover_reason: '商户已整改',
    }, { headers });
    assert.equal((await query()).effect_state, 'RECOVERED');

    // The same account in a query, encrypted, and in the answer, encrypted for the merchant.
    const { data: archives } = await wxpay.v3.aggracctBc.wbChannel.account['mch_archives']
      .get({ params: { mchid: '1900000110', bal_account_no: Rsa.encrypt(account, key) }, headers });
    assert.equal(Rsa.decrypt(archives.bal_account_no, Rsa.from(readFileSync(info.merchant_key), Rsa.KEY_TYPE_PRIVATE)), account);
    await limited(200, query);
  },

  async upload() {
    const wxpay = client();
    const bytes = Buffer.from('ffd8ffe000104a46494600', 'hex');
    const form = (file) => {
      const meta = { filename: 'a.jpg', sha256: createHash('sha256').update(bytes).digest('hex') };
      const media = new Multipart();
      media.append('meta', JSON.stringify(meta), 'meta.json');
      media.append('file', file, 'a.jpg', 'image/jpeg');
      return [media.getBuffer(), { meta: media.toJSON(), headers: media.getHeaders() }];
    };
    const { data } = await wxpay.v3.merchant.media.upload.post(...form(bytes));
    assert.ok(data.media_id);
    await refused(wxpay.v3.merchant.media.upload.post(...form(Buffer.from('other'))), 400, 'PARAM_ERROR');
  },

  async bill() {
    const wxpay = client();
    const { out_trade_no: number } = await paid(wxpay);
    const today = day(0);
    const params = { bill_date: today, bill_type: 'ALL', tar_type: 'GZIP' };
    const { data } = await wxpay.v3.bill.tradebill.get({ params });
    assert.equal(data.hash_type, 'SHA1');
    // The SDK knows by the path alone that a bill is not signed.
    const { pathname, searchParams } = new URL(data.download_url);
    assert.equal(pathname, '/v3/billdownload/file');
    const file = await wxpay.v3.billdownload.file
      .get({ params: Object.fromEntries(searchParams), responseType: 'arraybuffer' });
    const text = gunzipSync(Buffer.from(file.data));
    assert.equal(createHash('sha1').update(text).digest('hex'), data.hash_value.toLowerCase());
    assert.ok(text.toString('utf8').includes('总交易单数') && text.toString('utf8').includes(number));
    const idle = { ...params, bill_date: day(2) };
    await refused(wxpay.v3.bill.tradebill.get({ params: idle }), 400, 'NO_STATEMENT_EXIST');
  },

  async certificates() {
    let signed;
    const wxpay = client();
    wxpay.client.v3.defaults.transformResponse = [(text, headers) => { signed = { text, headers }; return JSON.parse(text); }];
    // Its own agent, as a downloader has: the sandbox signs for an agent that has the list with a certificate from then on,
    // and the clients of the other scenarios have only the public key.
    const agent = { 'User-Agent': 'certificate-downloader' };
    const { data } = await wxpay.v3.certificates.get({ headers: agent });
    assert.ok(data.data.length >= 1);
    const pems = Object.fromEntries(data.data.map(({ serial_no: serial, encrypt_certificate: it }) => (
      [serial, Aes.AesGcm.decrypt(it.ciphertext, info.apiv3_key, it.nonce, it.associated_data)])));
    const { text, headers } = signed;
    const pem = pems[headers.get('Wechatpay-Serial')];
    assert.ok(pem, 'signed by a certificate that is not in the list');
    const said = Formatter.response(headers.get('Wechatpay-Timestamp'), headers.get('Wechatpay-Nonce'), text);
    assert.ok(Rsa.verify(said, headers.get('Wechatpay-Signature'), Rsa.from(pem, Rsa.KEY_TYPE_PUBLIC)));
  },

  async 'wrong-key'() {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const wxpay = client({ privateKey });
    const data = await refused(wxpay.v3.pay.transactions.native.post(order()), 401, 'SIGN_ERROR');
    assert.ok(data.detail.sign_information.truncated_sign_message.startsWith('POST\n/v3/pay/transactions/native\n'));
  },

  async spoilt() {
    const wxpay = client();
    await control('faults', { fault: 'wrong_signature', times: 1 });
    const error = await wxpay.v3.pay.transactions.native.post(order()).then(() => null, (reason) => reason);
    assert.equal(error?.code, 'EV3_RES_HEADER_SIGNATURE_DIGEST');
  },

  async v2() {
    const wxpay = client();
    const body = {
      appid,
      mch_id: info.mchid,
      nonce_str: Formatter.nonce(),
      body: 'QQ公仔',
      out_trade_no: number('V'),
      total_fee: '100',
      spbill_create_ip: '127.0.0.1',
      notify_url: 'http://127.0.0.1:9/none',
      trade_type: 'NATIVE',
    };
    const { data } = await wxpay.v2.pay.unifiedorder.post(body);
    assert.equal(data.result_code, 'SUCCESS');
    assert.match(data.code_url, /^weixin:\/\//);
    const named = () => ({ appid, mch_id: info.mchid, nonce_str: Formatter.nonce(), out_trade_no: body.out_trade_no });
    const query = async () => (await wxpay.v2.pay.orderquery.post(named())).data.trade_state;
    assert.equal(await query(), 'NOTPAY');
    await wxpay.v2.pay.closeorder.post(named());
    assert.equal(await query(), 'CLOSED');
  },
};

await report('wechatpay-axios-plugin', versionOf('wechatpay-axios-plugin'), scenarios);
