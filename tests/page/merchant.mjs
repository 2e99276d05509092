// A merchant without an SDK: signs its calls with node's own crypto, and has a server that is notified.
import assert from 'node:assert/strict';
import { constants, createSign, publicEncrypt, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

export const info = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const key = readFileSync(info.merchant_key, 'utf8');
const platform = readFileSync(info.platform_public_key, 'utf8');

// One call; `signed` is what is signed in place of the body, as a client does that is not right.
export async function call(method, path, body, { signed, headers = {} } = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString('hex').toUpperCase();
  const covered = `${method}\n/${path}\n${timestamp}\n${nonce}\n${signed ?? text}\n`;
  const signature = createSign('RSA-SHA256').update(covered).sign(key, 'base64');
  const parts = { mchid: info.mchid, nonce_str: nonce, signature, timestamp, serial_no: info.serial };
  const list = Object.entries(parts).map(([name, value]) => `${name}="${value}"`).join(',');
  const response = await fetch(new URL(path, info.base_url), {
    method,
    headers: {
      Accept: 'application/json',
      'User-Agent': 'page-test',
      ...(text && { 'Content-Type': 'application/json' }),
      Authorization: `WECHATPAY2-SHA256-RSA2048 ${list}`,
      ...headers,
    },
    body: text || undefined,
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

// A sensitive field as it leaves a client that does it right.
export function encrypted(text) {
  const padding = { key: platform, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return publicEncrypt(padding, Buffer.from(text)).toString('base64');
}

export const bySerial = { headers: { 'Wechatpay-Serial': info.platform_public_key_id } };

export const order = (number, notifyUrl) => ({
  appid: 'wx8888888888888888',
  mchid: info.mchid,
  description: 'Image形象店-深圳腾大-QQ公仔',
  out_trade_no: number,
  notify_url: notifyUrl,
  amount: { total: 100, currency: 'CNY' },
});

// The sandbox's control API.
export async function control(method, path, body) {
  const url = new URL(`_sandbox/api/${path}`, info.base_url);
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
}

// The merchant's server: it accepts every notification, and `next` waits for one.
export async function server() {
  const came = [];
  const waiting = [];
  const listener = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'X-Merchant': 'seen' });
      response.end('{"code":"SUCCESS"}');
      const got = { headers: request.headers, body: JSON.parse(Buffer.concat(pieces).toString('utf8')) };
      const first = waiting.shift();
      if (first) first(got); else came.push(got);
    });
  });
  await new Promise((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${listener.address().port}/notify`,
    next: () => new Promise((resolve, reject) => {
      if (came.length) return resolve(came.shift());
      setTimeout(reject, 20_000, new Error('no notification came')).unref();
      return waiting.push(resolve);
    }),
    stop: () => { listener.closeAllConnections(); listener.close(); },
  };
}
