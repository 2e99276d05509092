//! Proc macros of `wechatpay-chain`.
