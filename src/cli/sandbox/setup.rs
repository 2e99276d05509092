//! Code that points SDKs to the sandbox, ready to paste.

use std::path::Path;

use clap::ValueEnum;
use wechatpay_chain::KeyAlgorithm;
use wechatpay_sandbox::{Account, MerchantKind, Sandbox, SandboxFiles};

use crate::i18n::{find, t};
use crate::output::{Output, pad};

/// The running sandbox.
pub(super) struct Setup<'a> {
    pub(super) sandbox: &'a Sandbox,
    /// The merchant whose set-up it is.
    pub(super) account: &'a Account,
    pub(super) files: &'a SandboxFiles,
    pub(super) tls: bool,
    pub(super) kept: Kept,
}

/// The data that outlive the sandbox.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    Nothing,
    /// The merchant's files.
    Files,
    /// The files and the state.
    State,
}

/// The text shown at startup. The most important part comes last, next to the prompt.
pub(super) fn text(setup: &Setup<'_>, output: &Output) -> String {
    let mut text = String::new();
    for sdk in Sdk::value_variants() {
        if let Some(snippet) = setup.snippet(*sdk) {
            text.push_str(&format!("{}\n{snippet}\n", output.bold(&sdk.title())));
        }
    }
    let values = match setup.is_sm() {
        true => t!("setup-values-sm"),
        false => t!("setup-values"),
    };
    text.push_str(&format!(
        "{}\n{}\n",
        output.bold(&t!("setup-merchant")),
        setup.fill_in(&values)
    ));
    text.push_str(&others(setup, output));
    let lost = match setup.kept {
        Kept::Nothing => t!("setup-files-lost"),
        Kept::Files => t!("setup-files-kept"),
        Kept::State => t!("setup-state-kept"),
    };
    let base = setup.sandbox.base_url();
    text.push_str(&format!(
        "{lost}\n\n{} {}\n{} {base}_sandbox/\n{}",
        output.bold(&pad(&t!("setup-sandbox"), 7)),
        output.green(base),
        output.bold(&pad(&t!("setup-page"), 7)),
        output.dim(&t!("setup-stop"))
    ));
    text
}

/// The merchants whose set-ups `--account` prints.
fn others(setup: &Setup<'_>, output: &Output) -> String {
    let own = setup.account.mchid();
    let all = setup.sandbox.merchants();
    let others = all.iter().filter(|mchid| *mchid != own);
    let line = |mchid: &String| {
        let account = setup.sandbox.account(mchid).ok();
        let kind = account
            .as_ref()
            .map_or(MerchantKind::Merchant, Account::kind);
        let kind = match kind {
            MerchantKind::ServiceProvider => t!("setup-provider"),
            MerchantKind::Channel => t!("setup-channel"),
            _ => t!("setup-ordinary"),
        };
        let subs = account.as_ref().map_or(&[][..], Account::sub_merchants);
        let subs = match subs {
            [] => String::new(),
            subs => t!("setup-subs", subs = subs.join(&t!("list-separator"))),
        };
        format!("  {mchid}  {kind}{subs}\n")
    };
    let lines: String = others.map(line).collect();
    if lines.is_empty() {
        return lines;
    }
    format!("{}\n{lines}\n", output.bold(&t!("setup-others")))
}

/// The clients that a set-up is printed for.
///
/// The order is that of the startup text: clients with a line or two come first.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Sdk {
    Easywechat,
    YansongdaPay,
    Gopay,
    Wechatpy,
    Tenpay,
    WechatpayNodeV3,
    Wxjava,
    Java,
    Go,
    Python,
    Php,
    Node,
    Rust,
    Shell,
    Curl,
}

impl Sdk {
    fn title(self) -> String {
        let (title, _) = self.parts();
        find(title).unwrap_or_else(|| title.to_owned())
    }

    /// The title, or the name of its text, and the code.
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Easywechat => ("PHP (EasyWeChat)", EASYWECHAT),
            Self::YansongdaPay => ("PHP (yansongda/pay)", YANSONGDA_PAY),
            Self::Gopay => ("Go (gopay)", GOPAY),
            Self::Wechatpy => ("Python (wechatpy)", WECHATPY),
            Self::Tenpay => ("Node (tenpay)", TENPAY),
            Self::WechatpayNodeV3 => ("Node (wechatpay-node-v3)", NODE_V3),
            Self::Wxjava => ("Java (WxJava)", WXJAVA),
            Self::Java => ("Java (wechatpay-java)", include_str!("snippets/java.txt")),
            Self::Go => ("Go (wechatpay-go)", include_str!("snippets/go.txt")),
            Self::Python => ("Python (wechatpayv3)", include_str!("snippets/python.txt")),
            Self::Php => (
                "PHP (wechatpay/wechatpay)",
                include_str!("snippets/php.txt"),
            ),
            Self::Node => (
                "Node (wechatpay-axios-plugin)",
                include_str!("snippets/node.txt"),
            ),
            Self::Rust => ("Rust (wechatpay-chain)", include_str!("snippets/rust.txt")),
            Self::Shell => ("setup-shell", include_str!("snippets/command.txt")),
            Self::Curl => ("setup-curl", CURL),
        }
    }

    /// The code for a merchant with an SM2 key (国密). It has neither a public key nor an APIv2 key.
    fn sm(self) -> Option<&'static str> {
        match self {
            Self::Rust => Some(include_str!("snippets/rust_sm.txt")),
            Self::Shell => Some(include_str!("snippets/command_sm.txt")),
            Self::Curl => Some(CURL),
            _ => None,
        }
    }
}

impl Setup<'_> {
    /// The set-up of one client, without anything around it, so that a file of it compiles; `None` if the client cannot use
    /// the merchant's SM2 key.
    pub(super) fn snippet(&self, sdk: Sdk) -> Option<String> {
        let (_, code) = sdk.parts();
        let code = if self.is_sm() { sdk.sm()? } else { code };
        Some(self.fill_in(code))
    }

    fn is_sm(&self) -> bool {
        self.account.key().algorithm() == KeyAlgorithm::Sm2
    }

    /// Replaces the placeholders of a snippet. TLS parts come first, because they contain placeholders.
    fn fill_in(&self, snippet: &str) -> String {
        let of_tls = TLS.map(|(name, with, without)| {
            let text = if self.tls { with } else { without };
            (name, text.to_owned())
        });
        let all = of_tls.into_iter().chain(self.values());
        all.fold(snippet.to_owned(), |text, (name, value)| {
            text.replace(name, &value)
        })
    }

    /// The placeholders of all snippets, and what stands for each.
    fn values(&self) -> [(&'static str, String); 22] {
        let (sandbox, account, files) = (self.sandbox, self.account, self.files);
        let path = |path: &Path| path.display().to_string();
        let base = sandbox.base_url();
        let origin = base.trim_end_matches('/');
        let (scheme, host) = origin.split_once("://").unwrap_or_default();
        [
            ("{redirect}", t!("setup-redirect")),
            ("{no_host}", t!("setup-no-host")),
            ("{before}", t!("setup-before")),
            ("{gopay}", t!("setup-gopay")),
            ("{java_trust}", t!("setup-java-trust")),
            ("{trusts}", t!("setup-trusts")),
            ("{base}", base.to_owned()),
            ("{origin}", origin.to_owned()),
            ("{scheme}", scheme.to_owned()),
            ("{host}", host.to_owned()),
            ("{mchid}", account.mchid().to_owned()),
            ("{serial}", account.serial().to_owned()),
            (
                "{folder}",
                path(files.merchant_key.parent().unwrap_or(&files.ca)),
            ),
            ("{key}", path(&files.merchant_key)),
            ("{cert}", path(&files.merchant_cert)),
            ("{platform_cert}", path(&files.platform_cert)),
            (
                "{platform_serial}",
                account.platform_certificate().serial().to_owned(),
            ),
            ("{public_id}", account.platform_key_id().to_owned()),
            ("{public_key}", path(&files.platform_public_key)),
            ("{apiv3_file}", path(&files.apiv3_key)),
            ("{v2_file}", path(&files.v2_key)),
            ("{ca}", path(&files.ca)),
        ]
    }
}

/// Parts that depend on TLS: placeholder, text with TLS, text without.
const TLS: [(&str, &str, &str); 12] = [
    ("{command_ca}", "export WECHATPAY_CA='{ca}'\n", ""),
    ("{curl_ca}", " --cacert '{ca}'", ""),
    (
        "{rust_ca}",
        "        .root_certificate(Certificate::from_file(\"{ca}\")?)\n",
        "",
    ),
    ("{php_ca}", "    'verify' => '{ca}',\n", ""),
    (
        "{node_ca}",
        "  httpsAgent: new (require('node:https').Agent)({ ca: readFileSync('{ca}') }),\n",
        "",
    ),
    ("{go_imports}", "\t\"crypto/tls\"\n\t\"crypto/x509\"\n", ""),
    ("{go_os}", "\t\"os\"\n", ""),
    ("{go_ca}", GO_CA, "\ttransport := http.DefaultTransport\n"),
    ("{java_ca}", JAVA_CA, ""),
    ("{python_os}", "os, ", ""),
    (
        "{python_ca}",
        "os.environ[\"REQUESTS_CA_BUNDLE\"] = \"{ca}\"\n",
        "",
    ),
    ("{root}", "{trusts}", ""),
];

const CURL: &str = include_str!("snippets/curl.txt");

const GO_CA: &str = r#"	root, err := os.ReadFile("{ca}")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(root)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
"#;

const JAVA_CA: &str = r"// {java_trust}
//   keytool -importcert -noprompt -alias sandbox -file '{ca}' -keystore sandbox.p12 -storepass changeit
//   java -Djavax.net.ssl.trustStore=sandbox.p12 -Djavax.net.ssl.trustStorePassword=changeit ...
";

const EASYWECHAT: &str = "\
$config['http']['base_uri'] = '{base}'; // {before} new \\EasyWeChat\\Pay\\Application($config)
";

// The host is a constant of the library; the handler replaces it in each request.
const YANSONGDA_PAY: &str = r"$config['http']['handler'] = \GuzzleHttp\HandlerStack::create(); // {before} Pay::config($config)
$config['http']['handler']->push(\GuzzleHttp\Middleware::mapRequest(fn ($request) => $request->withUri(
    new \GuzzleHttp\Psr7\Uri('{origin}' . $request->getRequestTarget()))));
";

const GOPAY: &str = "\
client.SetProxyHost(\"{origin}\") // wechat/v3
// {gopay} client.BaseURL = \"{origin}\"
";

const WECHATPY: &str = "\
import wechatpy.pay
wechatpy.pay.WeChatPay.API_BASE_URL = \"{base}\"
";

// The library has no setting for the host; its table of URLs is public.
const TENPAY: &str = r"for (const [name, url] of Object.entries(payment.urls)) {
  payment.urls[name] = url.replace(/^https:\/\/[^/]+/, '{origin}');
}
";

// The host is a constant of the library; the HTTP service of a `pay` gets each URL first.
const NODE_V3: &str = "\
for (const verb of ['get', 'post', 'upload']) {
  const send = pay.httpService[verb].bind(pay.httpService);
  pay.httpService[verb] = (url, ...rest) => send(url.replace('https://api.mch.weixin.qq.com', '{origin}'), ...rest);
}
";

const WXJAVA: &str = "\
config.setPayBaseUrl(\"{origin}\"); // com.github.binarywang.wxpay.config.WxPayConfig
";
