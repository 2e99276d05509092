//! How to point SDKs at the sandbox, ready to paste.

use wechatpay_chain::sandbox::{Sandbox, SandboxFiles};

use crate::output::Screen;

/// What is said when it is ready.
pub(super) fn text(sandbox: &Sandbox, files: &SandboxFiles, tls: bool, screen: &Screen) -> String {
    let mut text = format!(
        "{} {}\n{}   {}_sandbox/\n{}  {}\n\n",
        screen.bold("The sandbox listens at"),
        screen.green(sandbox.base_url()),
        screen.bold("See what it gets at"),
        sandbox.base_url(),
        screen.bold("The merchant's files are in"),
        files
            .merchant_key
            .parent()
            .unwrap_or(&files.merchant_key)
            .display(),
    );
    if tls {
        let ca = files.ca.display();
        text.push_str(&format!("Over TLS, trust its root: {ca}\n\n"));
    }
    for (title, snippet) in SNIPPETS {
        text.push_str(&format!(
            "{}\n{}\n",
            screen.bold(title),
            filled(snippet, sandbox, files)
        ));
    }
    text.push_str(&screen.dim("Stop it with Ctrl-C."));
    text
}

/// Puts the values into a snippet.
fn filled(snippet: &str, sandbox: &Sandbox, files: &SandboxFiles) -> String {
    let path = |path: &std::path::Path| path.display().to_string();
    let base = sandbox.base_url();
    [
        ("{base}", base.to_owned()),
        ("{origin}", base.trim_end_matches('/').to_owned()),
        ("{host}", sandbox.address().to_string()),
        ("{mchid}", sandbox.mchid().to_owned()),
        ("{serial}", sandbox.serial().to_owned()),
        ("{key}", path(&files.merchant_key)),
        ("{cert}", path(&files.merchant_cert)),
        ("{public_id}", sandbox.platform_key_id().to_owned()),
        ("{public_key}", path(&files.platform_public_key)),
        ("{apiv3_file}", path(&files.apiv3_key)),
        ("{v2_file}", path(&files.v2_key)),
    ]
    .into_iter()
    .fold(snippet.to_owned(), |text, (name, value)| {
        text.replace(name, &value)
    })
}

const SNIPPETS: [(&str, &str); 7] = [
    ("curl: the sandbox's own API", CURL),
    ("Rust (wechatpay-chain)", RUST),
    ("PHP (wechatpay/wechatpay)", PHP),
    ("Node (wechatpay-axios-plugin)", NODE),
    ("Go (wechatpay-go)", GO),
    ("Java (wechatpay-java)", JAVA),
    ("Python (wechatpayv3)", PYTHON),
];

const CURL: &str = "\
curl {base}_sandbox/api/info
curl -X POST {base}_sandbox/api/orders/OUT_TRADE_NO/pay
";

const RUST: &str = r#"let client = Client::builder()
    .base_url("{base}")
    .mchid("{mchid}")
    .private_key(PrivateKey::from_file("{key}")?)
    .certificate(Certificate::from_file("{cert}")?)
    .platform_key("{public_id}", PublicKey::from_file("{public_key}")?)
    .apiv3_key(std::fs::read_to_string("{apiv3_file}")?)
    .build()?;
"#;

const PHP: &str = r"$client = \WeChatPay\Builder::factory([
    'base_uri' => '{base}',
    'mchid' => '{mchid}',
    'serial' => '{serial}',
    'privateKey' => \WeChatPay\Crypto\Rsa::from('file://{key}'),
    'certs' => ['{public_id}' => \WeChatPay\Crypto\Rsa::from('file://{public_key}', \WeChatPay\Crypto\Rsa::KEY_TYPE_PUBLIC)],
]);
";

const NODE: &str = r"const wxpay = new Wechatpay({
  baseURL: '{base}',
  mchid: '{mchid}',
  serial: '{serial}',
  privateKey: readFileSync('{key}'),
  certs: { '{public_id}': readFileSync('{public_key}') },
  secret: readFileSync('{v2_file}', 'utf8'),
});
";

const GO: &str = r#"// Give URLs of {origin} to the client: client.Get(ctx, "{origin}/v3/...").
// The services name api.mch.weixin.qq.com themselves; send them here with a transport:
//   func (t toSandbox) RoundTrip(r *http.Request) (*http.Response, error) {
//       r.URL.Scheme, r.URL.Host = "http", "{host}"
//       return http.DefaultTransport.RoundTrip(r)
//   }
key, _ := utils.LoadPrivateKeyWithPath("{key}")
public, _ := utils.LoadPublicKeyWithPath("{public_key}")
client, err := core.NewClient(ctx,
    option.WithWechatPayPublicKeyAuthCipher("{mchid}", "{serial}", key, "{public_id}", public),
    option.WithHTTPClient(&http.Client{Transport: toSandbox{}}))
"#;

const JAVA: &str = r#"Config config = new RSAPublicKeyConfig.Builder()
    .merchantId("{mchid}")
    .privateKeyFromPath("{key}")
    .publicKeyFromPath("{public_key}")
    .publicKeyId("{public_id}")
    .merchantSerialNumber("{serial}")
    .apiV3Key(Files.readString(Path.of("{apiv3_file}")))
    .build();
// Services take a host name and speak HTTPS to it: start the sandbox with --tls on a port 443,
// trust ca.pem, and give .hostName(...); or an OkHttp interceptor that replaces scheme, host and port.
HttpClient http = new DefaultHttpClientBuilder().config(config).okHttpClient(toSandbox).build();
NativePayService service = new NativePayService.Builder().httpClient(http).build();
"#;

const PYTHON: &str = r#"import pathlib, wechatpayv3, wechatpayv3.core

class Core(wechatpayv3.core.Core):  # the SDK has no setting for the host
    def __setattr__(self, name, value):
        super().__setattr__(name, "{origin}" if name == "_gate_way" else value)

wechatpayv3.core.Core = Core

def lines(path):
    return "".join(l for l in pathlib.Path(path).read_text().splitlines() if "-----" not in l)

wxpay = wechatpayv3.WeChatPay(
    wechatpay_type=wechatpayv3.WeChatPayType.NATIVE, mchid="{mchid}", cert_serial_no="{serial}",
    private_key=lines("{key}"), public_key=lines("{public_key}"), public_key_id="{public_id}",
    apiv3_key=pathlib.Path("{apiv3_file}").read_text(), appid="wx8888888888888888",
    notify_url="http://127.0.0.1:8000/notify")
"#;
