// The printed lines for tenpay, after the client is created as its README shows.
const { readFileSync } = require('node:fs');
const Tenpay = require('tenpay');

const payment = new Tenpay({
  appid: 'wx8888888888888888',
  mchid: '1900000109',
  partnerKey: readFileSync(`${process.argv[2]}/v2_key.txt`, 'utf8').trim(),
  notify_url: 'http://127.0.0.1:9/none',
  spbill_create_ip: '127.0.0.1',
});
// SETUP

payment
  .unifiedOrder({ out_trade_no: 'setup1', body: 'QQ公仔', total_fee: 100, openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' })
  .then(({ prepay_id: id }) => { if (!id) throw new Error('no prepay_id'); })
  .catch((error) => { console.error(error); process.exit(1); });
