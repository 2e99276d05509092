use wechatpay_chain::types;

types!();
types!("v3/pay/transactions/jsapi");
types!(POST v3.pay.transactions.jsapi);
types!(POST "v3/pay/transactions/jsapi", "v3/pay/transactions/h5");
types!(GET "v3/pay/transactions/jsapi");
types!(POST "v3/pay/transaction/jsapi");
types!(POST "pay");

fn main() {}
