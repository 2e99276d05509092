//! Path literals of `wechatpay-chain`.
