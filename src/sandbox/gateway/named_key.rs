//! The key that a request names without need: only encrypted fields require it.

use crate::account::Caller;
use crate::gateway::received::Received;
use crate::identity::is_same_serial;
use crate::platform::Asked;
use crate::record::CallWarning;
use crate::sensitive_fields::named_serial;
use crate::state::SandboxState;

/// Warns of a `Wechatpay-Serial` that names no key of WeChat Pay: the name decides which key signs the answer.
pub(super) fn warning(
    state: &SandboxState,
    received: &Received,
    caller: &Caller,
) -> Option<CallWarning> {
    let (platform, view) = (&state.platform, &caller.view);
    let named = named_serial(&received.head.headers)?;
    let is_ignored = received.v2_operation().is_some() || !view.has_public_key();
    if is_ignored || platform.pair(&named, view).is_some() {
        return None;
    }
    let signer = platform.signer(Asked::Named(&named), view, state.now());
    let signer = &signer.pair().id;
    let public = &view.public.id;
    let (whose, whose_zh) = if is_same_serial(&named, caller.credentials.certificate.serial()) {
        (
            "the serial of the merchant's certificate",
            "填成了商户API证书序列号",
        )
    } else {
        ("no key of the sandbox", "不是沙箱的公钥ID或证书序列号")
    };
    Some(CallWarning {
        field: "Wechatpay-Serial".to_owned(),
        location: "header",
        text: format!(
            "Wechatpay-Serial is {whose}, and {signer} signs the response; give {public} for a response that WeChat Pay's \
             public key verifies"
        ),
        text_zh: format!(
            "Wechatpay-Serial {whose_zh}，应答由 {signer} 签名；如果用微信支付公钥验签，请填写公钥ID {public}"
        ),
    })
}
