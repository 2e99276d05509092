// The printed set-up of wechatpay-axios-plugin makes one call of APIv3 and one of APIv2.
// SETUP

(async () => {
  const { data } = await wxpay.v3.certificates.get();
  if (data.data.length !== 1) throw new Error(JSON.stringify(data));
  const unknown = { appid: 'wx8888888888888888', mch_id: '1900000109', out_trade_no: 'none', nonce_str: '0' };
  const refused = await wxpay.v2.pay.orderquery.post(unknown).then(() => null, (error) => error);
  if (refused?.response?.data?.err_code !== 'ORDERNOTEXIST') throw refused ?? new Error('no error');
})().catch((error) => { console.error(error); process.exit(1); });
