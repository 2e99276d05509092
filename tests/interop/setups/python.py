# The printed set-up of wechatpayv3 makes one call.
# SETUP

code, message = wxpay.pay(description="QQ公仔", out_trade_no="setup1", amount={"total": 100})
assert code == 200, message
