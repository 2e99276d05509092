//! How to point SDKs at the sandbox, ready to paste.

use std::path::Path;

use wechatpay_sandbox::{Sandbox, SandboxFiles};

use crate::output::Output;

/// What is known when it is ready.
pub(super) struct Setup<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) files: &'a SandboxFiles,
    pub(super) tls: bool,
    /// Whether the files are still there when it has stopped.
    pub(super) kept: bool,
}

/// What is said when it is ready: what is looked for most often stands last, above the prompt.
pub(super) fn text(setup: &Setup<'_>, output: &Output) -> String {
    let mut text = String::new();
    for (title, snippet) in SNIPPETS {
        let snippet = setup.fill_in(snippet);
        text.push_str(&format!("{}\n{snippet}\n", output.bold(title)));
    }
    text.push_str(&format!(
        "{}\n{}\n",
        output.bold("Merchant"),
        setup.fill_in(MERCHANT)
    ));
    let lost = if setup.kept {
        "It forgets orders and all else when it stops; the files stay."
    } else {
        "It forgets everything when it stops, these files too: keep them with --dir."
    };
    let base = setup.sandbox.base_url();
    text.push_str(&format!(
        "{lost}\n\n{} {}\n{}    {base}_sandbox/\n{}",
        output.bold("Sandbox"),
        output.green(base),
        output.bold("Page"),
        output.dim("Stop it with Ctrl-C.")
    ));
    text
}

impl Setup<'_> {
    /// Puts the values into a snippet; what is for TLS alone first, for it has values too.
    fn fill_in(&self, snippet: &str) -> String {
        let (sandbox, files) = (self.sandbox, self.files);
        let path = |path: &Path| path.display().to_string();
        let base = sandbox.base_url();
        let origin = base.trim_end_matches('/');
        let (scheme, host) = origin.split_once("://").unwrap_or_default();
        let values = [
            ("{base}", base.to_owned()),
            ("{origin}", origin.to_owned()),
            ("{scheme}", scheme.to_owned()),
            ("{host}", host.to_owned()),
            ("{mchid}", sandbox.mchid().to_owned()),
            ("{serial}", sandbox.serial().to_owned()),
            ("{folder}", path(files.ca.parent().unwrap_or(&files.ca))),
            ("{key}", path(&files.merchant_key)),
            ("{cert}", path(&files.merchant_cert)),
            ("{public_id}", sandbox.platform_key_id().to_owned()),
            ("{public_key}", path(&files.platform_public_key)),
            ("{apiv3_file}", path(&files.apiv3_key)),
            ("{v2_file}", path(&files.v2_key)),
            ("{ca}", path(&files.ca)),
        ];
        let of_tls = TLS.map(|(name, with, without)| {
            let text = if self.tls { with } else { without };
            (name, text.to_owned())
        });
        let all = of_tls.into_iter().chain(values);
        all.fold(snippet.to_owned(), |text, (name, value)| {
            text.replace(name, &value)
        })
    }
}

const SNIPPETS: [(&str, &str); 8] = [
    ("Java (wechatpay-java)", JAVA),
    ("Go (wechatpay-go)", GO),
    ("Python (wechatpayv3)", PYTHON),
    ("PHP (wechatpay/wechatpay)", PHP),
    ("Node (wechatpay-axios-plugin)", NODE),
    ("Rust (wechatpay-chain)", RUST),
    ("Shell: this command, in another terminal", COMMAND),
    ("curl: the sandbox's own API", CURL),
];

/// What differs: the name, what it is with TLS, and without.
const TLS: [(&str, &str, &str); 10] = [
    ("{command_ca}", "export WECHATPAY_CA='{ca}'\n", ""),
    ("{curl_ca}", " --cacert '{ca}'", ""),
    (
        "{rust_ca}",
        "    .root_certificate(Certificate::from_file(\"{ca}\")?)\n",
        "",
    ),
    ("{php_ca}", "    'verify' => '{ca}',\n", ""),
    (
        "{node_ca}",
        "  httpsAgent: new (require('node:https').Agent)({ ca: readFileSync('{ca}') }),\n",
        "",
    ),
    ("{go_ca}", GO_CA, "transport := http.DefaultTransport\n"),
    ("{java_ca}", JAVA_CA, ""),
    ("{python_os}", "os, ", ""),
    (
        "{python_ca}",
        "os.environ[\"REQUESTS_CA_BUNDLE\"] = \"{ca}\"\n",
        "",
    ),
    ("{root}", "\n  trusts (TLS)        {ca}", ""),
];

const MERCHANT: &str = "  \
  mchid               {mchid}
  certificate serial  {serial}
  public key id       {public_id}
  files               {folder}{root}";

const COMMAND: &str = "\
export WECHATPAY_BASE_URL={base} WECHATPAY_MCHID={mchid}
export WECHATPAY_PRIVATE_KEY='{key}' WECHATPAY_CERTIFICATE='{cert}'
export WECHATPAY_PLATFORM_KEY_ID={public_id} WECHATPAY_PLATFORM_KEY='{public_key}'
export WECHATPAY_APIV3_KEY_FILE='{apiv3_file}' WECHATPAY_V2_KEY_FILE='{v2_file}'
{command_ca}wechatpay doctor
";

const CURL: &str = "\
curl{curl_ca} {base}_sandbox/api/info
curl{curl_ca} -X POST {base}_sandbox/api/orders/OUT_TRADE_NO/pay
";

const RUST: &str = r#"let client = Client::builder()
    .base_url("{base}")
    .mchid("{mchid}")
    .private_key(PrivateKey::from_file("{key}")?)
    .certificate(Certificate::from_file("{cert}")?)
    .platform_key("{public_id}", PublicKey::from_file("{public_key}")?)
    .apiv3_key(std::fs::read_to_string("{apiv3_file}")?)
{rust_ca}    .build()?;
"#;

const PHP: &str = r"$client = \WeChatPay\Builder::factory([
    'base_uri' => '{base}',
    'mchid' => '{mchid}',
    'serial' => '{serial}',
    'privateKey' => \WeChatPay\Crypto\Rsa::from('file://{key}'),
    'certs' => ['{public_id}' => \WeChatPay\Crypto\Rsa::from('file://{public_key}', \WeChatPay\Crypto\Rsa::KEY_TYPE_PUBLIC)],
{php_ca}]);
";

const NODE: &str = r"const { readFileSync } = require('node:fs');
const { Wechatpay } = require('wechatpay-axios-plugin');

const wxpay = new Wechatpay({
  baseURL: '{base}',
  mchid: '{mchid}',
  serial: '{serial}',
  privateKey: readFileSync('{key}'),
  certs: { '{public_id}': readFileSync('{public_key}') },
  secret: readFileSync('{v2_file}', 'utf8'),
{node_ca}});
";

const GO: &str = r#"// The services call api.mch.weixin.qq.com; this sends them here.
type toSandbox struct{ transport http.RoundTripper }

func (t toSandbox) RoundTrip(r *http.Request) (*http.Response, error) {
    r.URL.Scheme, r.URL.Host = "{scheme}", "{host}"
    return t.transport.RoundTrip(r)
}

{go_ca}key, _ := utils.LoadPrivateKeyWithPath("{key}")
public, _ := utils.LoadPublicKeyWithPath("{public_key}")
client, err := core.NewClient(ctx,
    option.WithWechatPayPublicKeyAuthCipher("{mchid}", "{serial}", key, "{public_id}", public),
    option.WithHTTPClient(&http.Client{Transport: toSandbox{transport: transport}}))
"#;

const GO_CA: &str = r#"root, _ := os.ReadFile("{ca}")
roots := x509.NewCertPool()
roots.AppendCertsFromPEM(root)
transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
"#;

const JAVA: &str = r#"Config config = new RSAPublicKeyConfig.Builder()
    .merchantId("{mchid}")
    .privateKeyFromPath("{key}")
    .publicKeyFromPath("{public_key}")
    .publicKeyId("{public_id}")
    .merchantSerialNumber("{serial}")
    .apiV3Key(Files.readString(Path.of("{apiv3_file}")))
    .build();
// The services call api.mch.weixin.qq.com; this sends them here.
HttpUrl sandbox = HttpUrl.get("{base}");
OkHttpClient toSandbox = new OkHttpClient.Builder().addInterceptor(chain -> {
    okhttp3.Request request = chain.request();
    HttpUrl url = request.url().newBuilder()
        .scheme(sandbox.scheme()).host(sandbox.host()).port(sandbox.port()).build();
    return chain.proceed(request.newBuilder().url(url).build());
}).build();
HttpClient http = new DefaultHttpClientBuilder().config(config).okHttpClient(toSandbox).build();
NativePayService service = new NativePayService.Builder().httpClient(http).build();
{java_ca}"#;

const JAVA_CA: &str = r"// So that Java trusts the sandbox's root:
//   keytool -importcert -noprompt -alias sandbox -file '{ca}' -keystore sandbox.p12 -storepass changeit
//   java -Djavax.net.ssl.trustStore=sandbox.p12 -Djavax.net.ssl.trustStorePassword=changeit ...
";

const PYTHON: &str = r#"import {python_os}pathlib, wechatpayv3, wechatpayv3.core

{python_ca}class Core(wechatpayv3.core.Core):  # the SDK has no setting for the host
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
