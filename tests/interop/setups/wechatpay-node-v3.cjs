// The printed lines for wechatpay-node-v3, after the client is created as its README shows.
const { readFileSync } = require('node:fs');
const WxPay = require('wechatpay-node-v3');

const dir = process.argv[2];
const pay = new WxPay({
  appid: 'wx8888888888888888',
  mchid: '1900000109',
  publicKey: readFileSync(`${dir}/apiclient_cert.pem`),
  privateKey: readFileSync(`${dir}/apiclient_key.pem`),
});
// SETUP

pay
  .transactions_native({
    description: 'QQ公仔', out_trade_no: 'setup1', notify_url: 'https://shop.example/notify', amount: { total: 100 },
  })
  .then((answer) => { if (answer.status !== 200) throw new Error(JSON.stringify(answer)); })
  .catch((error) => { console.error(error); process.exit(1); });
