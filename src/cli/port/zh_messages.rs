//! The Chinese of the porter's messages.

/// Messages of the porter and their translations, `{}` for values in the same order. Values are translated too. A test
/// finds each of them in the source code of the porter or of this command.
pub(super) const MESSAGES: &[(&str, &str)] = &[
    // Keys in arrays.
    (
        "a key as a value of PHP: only the SDK reads keys that arrays hold",
        "把密钥当作 PHP 的普通值使用：数组中的密钥只能交给 SDK",
    ),
    (
        "keys that this returns are texts: the PEM text of each, or `file://` and its path",
        "这里返回的密钥是文本：PEM 内容，或 `file://` 加路径",
    ),
    (
        "keys that this is given are texts: the PEM text of each, or `file://` and its path",
        "传给这里的密钥是文本：PEM 内容，或 `file://` 加路径",
    ),
    // Clients in properties of other values.
    (
        "a client in a property that holds other values, too: `client_value` of the application gives a value for it, and `as_client` the client for that value",
        "这个属性除了客户端还存放其他值：应用的 `client_value` 给出代表客户端的值，`as_client` 再由该值给出客户端",
    ),
    ("a change of what may be a client", "修改可能是客户端的值"),
    // Properties by their names.
    (
        "this sets `{}` in PHP to any value; here it holds an object of the SDK, and another value than null throws a `TypeError`",
        "PHP 在这里可以把 `{}` 设为任意值；这里它存放 SDK 的对象，除 null 外的值都会抛出 `TypeError`",
    ),
    // Functions that are left to the application.
    (
        "the application has to write `{}`: {}",
        "`{}` 需由应用实现：{}",
    ),
    (
        "write it as the method `{}` of the trait, whose documentation has the PHP",
        "请实现 trait 的方法 `{}`，其文档中有 PHP 原文",
    ),
    (
        "write it as the method `{}` of the trait, whose documentation has the PHP; it makes 1 call of WeChat Pay that is not translated",
        "请实现 trait 的方法 `{}`，其文档中有 PHP 原文；其中有 1 个微信支付的调用未转换",
    ),
    (
        "write it as the method `{}` of the trait, whose documentation has the PHP; it makes {} calls of WeChat Pay that are not translated",
        "请实现 trait 的方法 `{}`，其文档中有 PHP 原文；其中有 {} 个微信支付的调用未转换",
    ),
    (
        "the application adds to the client what this `handler` does",
        "该 `handler` 的行为由应用加到客户端上",
    ),
    (
        "the application has the enumeration `{}`",
        "枚举 `{}` 属于应用",
    ),
    (
        "write it in Rust: the methods of the trait are given and give its cases",
        "请用 Rust 实现：trait 的方法会接收并返回它的枚举值",
    ),
    (
        "`{}` is declared nowhere here: the Rust does not know whether `{}` is above it",
        "此处没有声明 `{}`：Rust 代码无法得知 `{}` 是否为其父类",
    ),
    (
        "port it together with the files of its class and the classes above it",
        "请连同该类及其父类的文件一起转换",
    ),
    (
        "the error of JSON may be that of another call: code in between may decode or encode, too",
        "该 JSON 错误可能属于另一次调用：其间的代码也可能编码或解码 JSON",
    ),
    (
        "ask for it right behind `json_decode`, in the same function",
        "请在同一函数中紧跟 `json_decode` 之后读取",
    ),
    (
        "`__destruct` of `{}`: nothing calls it in the Rust",
        "`{}` 的 `__destruct`：Rust 代码中不会被调用",
    ),
    (
        "call what it does where the object is no longer needed",
        "请在不再需要该对象的地方显式调用其内容",
    ),
    (
        "a change of a property that `__get` or `__set` stands for",
        "修改由 `__get` 或 `__set` 代为提供的属性",
    ),
    ("write it as a call of the method", "请改写为对该方法的调用"),
    (
        "a property that the class does not declare, which `__get` or an assignment gives",
        "类未声明的属性，其值可能来自 `__get`，也可能来自赋值",
    ),
    ("declare the property in the class", "请在类中声明该属性"),
    (
        "a variable and its change in one operator: PHP reads it when the operator runs",
        "同一运算中既读取又修改变量：PHP 在运算执行时才读取它",
    ),
    (
        "`{}` in Rust lacks what it inherits of `{}`, which would mean something else there: {}",
        "Rust 中的 `{}` 没有从 `{}` 继承的内容，因为复制后含义不同：{}",
    ),
    (
        "write these methods in the class itself",
        "请把这些方法直接写在该类中",
    ),
    (
        "the readonly property `${}` is set twice: PHP throws an `Error`",
        "只读属性 `${}` 被赋值两次：PHP 会抛出 `Error`",
    ),
    (
        "the readonly property `${}` is set again: PHP throws an `Error`",
        "只读属性 `${}` 被再次赋值：PHP 会抛出 `Error`",
    ),
    (
        "the readonly property `${}` may be set again: then PHP throws an `Error`",
        "只读属性 `${}` 可能被再次赋值：此时 PHP 会抛出 `Error`",
    ),
    (
        "leave the assignment out, or let the property change",
        "请去掉该赋值，或允许修改该属性",
    ),
    (
        "the property `${}` may be read before it is set: PHP throws an `Error`, and the Rust reads what its type begins with",
        "属性 `${}` 可能在赋值前被读取：PHP 会抛出 `Error`，而 Rust 读到其类型的初始值",
    ),
    (
        "give it a value where it is declared",
        "请在声明处给它初始值",
    ),
    // Files and PHP source.
    ("this file holds no PHP", "文件中没有 PHP 代码"),
    (
        "give a .php file, or a page with its code: below ```php, below a line `php`, or by itself",
        "请提供 .php 文件，或含有代码的页面：代码写在 ```php 之后、单独一行 `php` 之后，或只有代码本身",
    ),
    (
        "the PHP of this file calls nothing",
        "文件中的 PHP 没有任何调用",
    ),
    (
        "give the code that calls the SDK, such as `$instance->chain('v3/…')->get()`",
        "请提供调用 SDK 的代码，例如 `$instance->chain('v3/…')->get()`",
    ),
    ("this file is not UTF-8", "文件不是 UTF-8 编码"),
    (
        "convert it first: iconv -f GBK -t UTF-8",
        "请先转换编码：iconv -f GBK -t UTF-8",
    ),
    (
        "this is a part of an array, and no call",
        "这只是数组的一部分，不是调用",
    ),
    (
        "put it into the call that it belongs to",
        "请放进它所属的调用",
    ),
    (
        "this is the inside of an array and makes no call",
        "这只是数组的内容，没有发起调用",
    ),
    (
        "put it into the options of the call that it belongs to",
        "请放进它所属调用的选项",
    ),
    (
        "this makes a URL and no call: there is no request to port",
        "这里只拼出了 URL，没有发起调用，没有可转换的请求",
    ),
    (
        "the user's browser opens it; make it with Rust's own URL tools",
        "该 URL 由用户的浏览器打开，请用 Rust 的 URL 工具拼接",
    ),
    ("no call of the SDK here", "这里没有调用 SDK"),
    ("this is too deep to be translated", "嵌套太深，无法转换"),
    (
        "this is nested too deeply: at most {} levels are read",
        "嵌套太深，最多读取 {} 层",
    ),
    (
        "give the inner part a variable or a function",
        "请把内层改成变量或函数",
    ),
    (
        "a file of this folder is too deep to be translated",
        "该目录中有文件嵌套太深，无法转换",
    ),
    ("port the files one by one", "请逐个转换文件"),
    ("the text is longer than {} bytes", "文本超过 {} 字节"),
    ("split it", "请拆分"),
    (
        "a NUL byte: this is no PHP source",
        "含有 NUL 字节，不是 PHP 源代码",
    ),
    ("the PHP parser gave up", "PHP 解析器无法解析"),
    ("`{}` is missing here", "这里缺少 `{}`"),
    (
        "the option `debug` is left out: in PHP it prints the requests and answers; here the feature `tracing` records them",
        "选项 `debug` 已省略：PHP 中它会打印请求和应答，这里请用特性 `tracing` 记录",
    ),
    (
        "`print_r` of what `json_decode` may give as an object: PHP writes `stdClass Object`",
        "对 `json_decode` 可能得到的对象使用 `print_r`：PHP 会写 `stdClass Object`",
    ),
    (
        "`getContents()` behind another read of this body: PHP gives an empty text",
        "该正文之前已读取过，再调用 `getContents()`，PHP 得到空文本",
    ),
    (
        "`(string) $response->getBody()` gives all of it again",
        "`(string) $response->getBody()` 会重新得到全部内容",
    ),
    (
        "`json_decode($text, true)` gives arrays",
        "`json_decode($text, true)` 得到的是数组",
    ),
    (
        "the time zone is left out: nothing in this file asks for a local time",
        "已省略时区设置：该文件没有用到本地时间",
    ),
    (
        "set it in the application, if other files ask for one",
        "如果其他文件用到本地时间，请在应用中设置时区",
    ),
    (
        "`{}`: what this file prints is printed at once",
        "`{}`：该文件的输出会立即打印，不会缓冲",
    ),
    (
        "build the text in a variable, without `ob_start`",
        "请不用 `ob_start`，在变量中拼接文本",
    ),
    (
        "`%g` of `sprintf`, which has no equal in Rust",
        "`sprintf` 的 `%g` 在 Rust 中没有对应格式",
    ),
    (
        "`===` of values that may be objects of `json_decode`: PHP asks whether they are the same object",
        "对可能是 `json_decode` 所得对象的值使用 `===`：PHP 比较的是它们是否为同一个对象",
    ),
    (
        "this page is no statement of a body in braces",
        "这段页面文本不是花括号内的语句",
    ),
    (
        "put the body of the statement before it into `{ … }`",
        "请用 `{ … }` 括住它前面语句的语句体",
    ),
    (
        "this is not understood at this place",
        "转换工具不理解此处的这种写法",
    ),
    ("write it as a separate statement", "请把它写成单独的语句"),
    ("this is no PHP: `{}`", "这不是 PHP：`{}`"),
    (
        "brackets and quotation marks before this place may be unbalanced",
        "前面的括号或引号可能没有配对",
    ),
    ("syntax error", "语法错误"),
    ("a syntax error", "语法错误"),
    ("a statement with a syntax error", "有语法错误的语句"),
    ("a statement nested too deeply", "嵌套太深的语句"),
    ("an expression nested too deeply", "嵌套太深的表达式"),
    ("a text that is not UTF-8", "不是 UTF-8 的文本"),
    // Constructs that the porter refuses.
    ("the porter does not know {}", "转换工具不支持{}"),
    ("write this part in Rust", "请用 Rust 编写这一部分"),
    ("{} is not followed here", "这里不支持{}"),
    ("write it out", "请展开写出"),
    (
        "`wechatpay port FILE` ports all of the file; for `--emit request`, put the call into a separate file and give the values of its variables with `--define NAME=VALUE`",
        "`wechatpay port FILE` 可转换整个文件；若用 `--emit request`，请把该调用单独放进一个文件，并用 `--define NAME=VALUE` 给出变量的值",
    ),
    (
        "return the values from the closure, as with `map(…)->all()`, or write a `foreach` loop: it may change the variable",
        "请让闭包返回这些值（如用 `map(…)->all()`），或改用 `foreach` 循环，循环可以修改该变量",
    ),
    (
        "{} where a plain value is expected",
        "这里需要普通的值，得到的是{}",
    ),
    (
        "a value where {} is expected",
        "这里需要{}，得到的是普通的值",
    ),
    ("a client", "客户端"),
    ("an answer", "应答"),
    ("a promise", "Promise"),
    ("an exception", "异常"),
    ("a public key", "公钥"),
    ("a private key", "私钥"),
    ("a file to upload", "待上传的文件"),
    ("a closure", "闭包"),
    ("a value", "值"),
    ("a text", "文本"),
    ("this call", "这个调用"),
    ("this code", "这段代码"),
    ("this function", "这个函数"),
    ("this operator", "这个运算符"),
    ("this assignment", "这种赋值"),
    ("this stack", "这种中间件栈的用法"),
    ("these arguments", "这样的参数"),
    (
        "these named or spread arguments",
        "这样的命名参数或展开参数",
    ),
    (
        "raw bytes as a text: only `bin2hex` and `base64_encode` of them are known",
        "把原始字节当作文本：只支持对其使用 `bin2hex` 和 `base64_encode`",
    ),
    ("these arguments of a verb", "请求方法的这种参数"),
    ("`{}` with these arguments", " `{}` 的这种参数"),
    ("`{}`, which changes an argument,", " `{}`，它会修改参数"),
    (
        "`{}`, which changes several arguments,",
        " `{}`，它会修改多个参数",
    ),
    (
        "`{}`, which depends on the position within an array,",
        " `{}`，它取决于数组的内部指针",
    ),
    (
        "`{}`, which is given the variable that it changes twice,",
        " `{}`，它要修改的变量同时又是另一个参数",
    ),
    (
        "`{}` sets raw bytes, which no text holds",
        "`{}` 得到的是原始字节，文本无法保存",
    ),
    (
        "use `Rsa::sign`, which gives base64",
        "请改用 `Rsa::sign`，它直接返回 base64",
    ),
    ("a second class of the name `{}`", "同名的第二个类 `{}`"),
    (
        "`static::${}`, which a class below declares again",
        "`static::${}`，子类又声明了这个属性",
    ),
    (
        "write the class whose property is meant",
        "请写明是哪个类的属性",
    ),
    (
        "an array of clients that the application has",
        "由应用保存的客户端数组",
    ),
    (
        "keep the clients in Rust, in a map by their merchants",
        "请在 Rust 中按商户号用映射表保存各客户端",
    ),
    (
        "write each namespace in a separate file",
        "请把每个命名空间写在单独的文件里",
    ),
    (
        "`{}` with raw bytes, which no text holds",
        "`{}` 用到了原始字节，文本无法保存",
    ),
    (
        "use `{}`, or read the bytes only with `base64_encode` and write them as `base64_decode(..)`",
        "请改用 `{}`，或者只用 `base64_encode` 读取这些字节，并写成 `base64_decode(..)`",
    ),
    ("`{}` with a passphrase", "带密码的 `{}`"),
    (
        "no arm of this `match` fits: PHP throws here",
        "这个 `match` 没有匹配的分支：PHP 会在这里抛出异常",
    ),
    ("there is no such loop to leave", "没有这样一层循环可以跳出"),
    (
        "one of several values of a `match`",
        " `match` 的几个值之一",
    ),
    ("a step that PHP refuses", " PHP 不允许的递增或递减"),
    ("a step of what is no number", "对非数字的递增或递减"),
    (
        "`{}`, which changes what other functions do,",
        " `{}`，它会改变其他函数的行为",
    ),
    (
        "`{}` gives raw bytes, which no text holds",
        "`{}` 得到的是原始字节，文本无法保存",
    ),
    ("use `{}`", "请改用 `{}`"),
    (
        "use `Rsa::from([$key, $passphrase])`",
        "请改用 `Rsa::from([$key, $passphrase])`",
    ),
    (
        "whether a value is an array, of what `json_decode` may give as an object: a value of JSON does not tell them apart",
        "判断 `json_decode` 可能得到的对象是不是数组：JSON 的值不区分二者",
    ),
    (
        "`{}` with another algorithm than WeChat Pay's",
        "`{}` 用的不是微信支付的算法",
    ),
    (
        "WeChat Pay takes signatures of OPENSSL_ALGO_SHA256 and encryption with OPENSSL_PKCS1_OAEP_PADDING",
        "微信支付要求用 OPENSSL_ALGO_SHA256 签名、用 OPENSSL_PKCS1_OAEP_PADDING 加密",
    ),
    (
        "`{}` in an expression whose value counts",
        "`{}` 出现在要用到其值的表达式里",
    ),
    (
        "write it as a statement, or as the condition of an `if`",
        "请把它写成单独的语句，或写成 `if` 的条件",
    ),
    (
        "`{}` as a condition with arguments that may throw",
        "`{}` 用作条件，而它的参数可能抛出异常",
    ),
    (
        "`{}` that sets something else than a variable",
        "`{}` 写入的不是变量",
    ),
    ("`{}` with these arguments", "`{}` 的这些参数"),
    (
        "a key and its passphrase under other keys than 0 and 1",
        "键不是依次为 0 和 1 的密钥与密码数组",
    ),
    (
        "a property whose name only a run tells",
        "名称在运行时才知道的属性",
    ),
    (
        "a change of an object that something else holds too",
        "修改还被别处引用的对象",
    ),
    (
        "a function that changes an argument of this type",
        "会修改这种类型参数的函数",
    ),
    (
        "an exception as a text, to which PHP adds file, line and trace",
        "把异常当作文本（PHP 会加上文件、行号和调用栈）",
    ),
    ("whether an exception is an answer", "判断异常是不是应答"),
    (
        "this change of an object of the application",
        "对应用对象的这种修改",
    ),
    ("named arguments", "命名参数"),
    (
        "the named argument `{}:` is not followed here",
        "这里不支持命名参数 `{}:`",
    ),
    ("write the arguments in their order", "请按顺序写参数"),
    ("an argument by reference", "按引用传递的参数"),
    (
        "a variable whose name only a run tells",
        "运行时才知道名称的变量",
    ),
    (
        "variables that a function sets by their names",
        "函数按名称设置的变量",
    ),
    ("a variable variable `$$`", "可变变量 `$$`"),
    ("`wait` that gives no answer", "不返回应答的 `wait`"),
    (
        "a handler is added to a promise that a variable holds",
        "向变量中的 Promise 添加处理函数",
    ),
    ("an upload from a stream", "从流上传"),
    (
        "a plain Guzzle client does not sign: this is no call of WeChat Pay's API",
        "普通的 Guzzle 客户端不签名，这不是对微信支付接口的调用",
    ),
    (
        "fetch it with an HTTP client of your own, such as `reqwest`",
        "请用自己的 HTTP 客户端获取，例如 `reqwest`",
    ),
    ("`$this` as a value", "把 `$this` 当作值使用"),
    (
        "`$this`, which this method gives back, as a value",
        "把该方法返回的 `$this` 当作值使用",
    ),
    (
        "a method that the class does not have, behind one that gives `$this` back",
        "在返回 `$this` 的方法之后调用该类没有的方法",
    ),
    ("reading `[]`", "读取 `[]`"),
    (
        "a path of WeChat Pay is kept in a variable",
        "保存在变量中的微信支付路径",
    ),
    ("a key of a list within a list", "嵌套 list 中的键"),
    ("an assignment to this", "对这种目标的赋值"),
    ("a list here", "这里的 list"),
    ("a spread `...` here", "这里的展开 `...`"),
    ("a spread `...`", "展开 `...`"),
    (
        "an `instanceof` of a class known at run time only",
        "类名在运行时才知道的 `instanceof`",
    ),
    ("the operator `{}`", "运算符 `{}`"),
    ("the cast `({})`", "类型转换 `({})`"),
    ("the number `{}`", "数字 `{}`"),
    ("a reference `&`", "引用 `&`"),
    ("taking a list apart", "list 解构"),
    ("`++` or `--`", " `++` 或 `--`"),
    ("a shell command", "shell 命令"),
    ("a static property", "静态属性"),
    ("a callable `f(...)`", "可调用语法 `f(...)`"),
    (
        "a static call of a class known at run time only",
        "类名在运行时才知道的静态调用",
    ),
    (
        "`new` of a class known at run time only",
        "类名在运行时才知道的 `new`",
    ),
    ("this statement behind `<?=`", "`<?=` 之后的这条语句"),
    ("so many `elseif`s", "这么多 `elseif`"),
    ("the function `{}` within another", "函数内部的函数 `{}`"),
    ("this `foreach`", "这种 `foreach`"),
    ("this `foreach` by reference", "这种按引用的 `foreach`"),
    ("this `global`", "这种 `global`"),
    ("this `static` variable", "这种 `static` 变量"),
    ("a `static` variable here", "这里的 `static` 变量"),
    (
        "the global variable `${}`, which the code outside of functions uses,",
        "函数之外的代码也使用的全局变量 `${}`",
    ),
    (
        "`$GLOBALS` in a file with variables outside of functions",
        "函数之外有变量的文件中的 `$GLOBALS`",
    ),
    (
        "a change of the global variable `${}`",
        "修改全局变量 `${}`",
    ),
    (
        "`unset` of the reference `${}`",
        "对引用 `${}` 使用 `unset`",
    ),
    (
        "the porter does not know this use of the reference `${}`",
        "转换工具不支持引用 `${}` 的这种用法",
    ),
    (
        "a `foreach` whose key is no variable",
        "键不是变量的 `foreach`",
    ),
    (
        "a `foreach` whose value is no variable",
        "值不是变量的 `foreach`",
    ),
    ("a `switch` with two defaults", "有两个 default 的 `switch`"),
    (
        "a `switch` whose `default` is not its last case",
        "`default` 不在最后的 `switch`",
    ),
    (
        "a `break` or `continue` out of this",
        "从这里跳出的 `break` 或 `continue`",
    ),
    ("a constant in a function", "函数内部的常量"),
    ("a class in a function", "函数内部的类"),
    (
        "the parameter `&${}`, which changes the caller's variable",
        "参数 `&${}` 会修改调用方的变量",
    ),
    ("give the new value back", "请改为返回新的值"),
    (
        "`{}` takes closures: it has a copy for each closure of this class, and other code cannot call it",
        "`{}` 的参数是闭包：本类传入的每个闭包各有一份它的副本，其他代码不能调用它",
    ),
    (
        "write a method for each closure that other code gives it",
        "其他代码传入的闭包，请各写成一个方法",
    ),
    (
        "the `static` variable `${}` is kept for the whole process here, and for one request in PHP",
        "`static` 变量 `${}` 在这里保留到进程结束，在 PHP 里只保留一次请求",
    ),
    (
        "check that its value may be used by later requests",
        "请确认它的值可以用于之后的请求",
    ),
    (
        "the static property `${}` is one for each object here, and one for the class in PHP",
        "静态属性 `${}` 在 Rust 中每个对象各有一份，在 PHP 中整个类共用一份",
    ),
    (
        "the `static` variable `${}` is one for each object here, and one for the class in PHP",
        "`static` 变量 `${}` 在这里每个对象各有一个，在 PHP 里整个类共用一个",
    ),
    (
        "make one object of this class, and share it",
        "请只创建一个对象，供各处共用",
    ),
    (
        "a closure that changes the object, given to the application",
        "交给应用的闭包修改了对象本身",
    ),
    ("`use (&${})` shares a variable", "`use (&${})` 共享了变量"),
    (
        "`use (&$x)` of a handler, where the answer may be why the promise was rejected",
        "处理函数中的 `use (&$x)`：应答本身也可能使 Promise 被拒绝",
    ),
    (
        "`use (&$x)` of a handler that sets a copy of another variable, too",
        "处理函数中的 `use (&$x)`：该函数还修改了按值捕获的变量",
    ),
    ("XML that is no answer's", "不是来自应答的 XML"),
    (
        "PHP shares objects: code that has the object of `{}` elsewhere does not see what `{}` changes in it",
        "PHP 的对象是共享的：其他持有 `{}` 这个对象的代码，看不到 `{}` 对它的修改",
    ),
    (
        "let the application keep the object by its key and look it up there, or return the new object",
        "请让应用按主键（id）保存该对象并在用到时重新查询，或者返回修改后的对象",
    ),
    (
        "the constructor of `{}` may call `{}`, as those of ThinkPHP and Yii do: `{}::new` does not",
        "`{}` 的构造函数可能会调用 `{}`（ThinkPHP 和 Yii 就是如此），而 `{}::new` 不会调用",
    ),
    ("call `{}` behind `new`", "请在 `new` 之后调用 `{}`"),
    (
        "`{}`, which is not in this file, may call `{}`: `{}::new` and the methods here do not",
        "`{}` 不在此文件中，可能会调用 `{}`；`{}::new` 和这里的方法都不会调用",
    ),
    (
        "call `{}`, which is public in Rust, where PHP's class does",
        "`{}` 在 Rust 中是 `pub` 的，请在 PHP 父类调用它的地方调用",
    ),
    (
        "PHP never reaches what stands here: it is left out",
        "PHP 永远执行不到这里的代码，已省略",
    ),
    (
        "a key whose kind is known at run time only",
        "种类在运行时才知道的密钥",
    ),
    (
        "a setting whose name is known at run time only",
        "名称在运行时才知道的设置",
    ),
    (
        "the client in Rust has no setting `{}` with this value",
        "Rust 客户端没有取这个值的设置项 `{}`",
    ),
    (
        "leave it out, or build the client in Rust",
        "请删去它，或用 Rust 构造客户端",
    ),
    ("the setting `{}` is not known", "不认识设置项 `{}`"),
    (
        "leave it out: the client checks certificates by the system's roots; `ClientBuilder::root_certificate` adds your own",
        "请删去它：客户端按系统信任的根证书校验服务器证书；自己的根证书用 `ClientBuilder::root_certificate` 添加",
    ),
    (
        "give `http_errors` at each call, or leave it out",
        "请在每次请求中给出 `http_errors`，或删去它",
    ),
    (
        "give the path of the merchant's certificate alone: its key is `privateKey`",
        "请只给出商户证书的路径：私钥用 `privateKey` 给出",
    ),
    ("give it at each call", "请在每次请求中给出它"),
    (
        "a `proxy` for each scheme, where `base_uri` may have either",
        "按协议分别设置的 `proxy`，而 `base_uri` 的协议不确定",
    ),
    ("give one `proxy`", "请只给出一个 `proxy`"),
    ("a certificate with a password", "带密码的证书"),
    ("a key with a password", "带密码的私钥"),
    (
        "give a file without one: `openssl x509` and `openssl pkey` write it",
        "请使用不带密码的文件：可用 `openssl x509` 和 `openssl pkey` 生成",
    ),
    (
        "PHP sends the header `{}` twice: the SDK writes it as `{}`",
        "PHP 会把请求头 `{}` 发送两次：SDK 的写法是 `{}`",
    ),
    ("write it as the SDK does", "请按 SDK 的写法书写"),
    (
        "the requests are shown without the setting `{}` of the client",
        "列出的请求不包含客户端的设置 `{}`",
    ),
    (
        "`${}` is the client itself: what stands behind it begins no path",
        "`${}` 就是客户端，它后面的内容不是路径的开头",
    ),
    (
        "what a middleware of PHP does has to be written in Rust",
        "PHP 中间件所做的事需要用 Rust 编写",
    ),
    (
        "see docs/stack.md: `stack.before(middleware::SIGNER, \"name\", ..)`",
        "参见 docs/stack.zh-CN.md：`stack.before(middleware::SIGNER, \"name\", ..)`",
    ),
    ("see docs/stack.md", "参见 docs/stack.zh-CN.md"),
    (
        "the stack has no layer of this name",
        "栈中没有这个名称的层",
    ),
    ("a property that is not known", "未知的属性"),
    ("a property outside of a class", "类之外的属性"),
    ("a method outside of a class", "类之外的方法"),
    ("a call of this method", "对这个方法的调用"),
    (
        "a method before the object is made",
        "在对象创建之前调用的方法",
    ),
    ("an argument is missing", "缺少参数"),
    ("a call of what may be no closure", "调用的可能不是闭包"),
    ("a callable that is no closure", "不是闭包的可调用值"),
    ("a handler that is no closure", "不是闭包的处理函数"),
    ("an object as a text", "把对象当作文本"),
    (
        "an object stands where PHP takes a text or a plain value",
        "这里需要文本或普通的值，得到的是对象",
    ),
    (
        "look for `compile_error!` in the output, and write that part in Rust",
        "请在输出中查找 `compile_error!`，用 Rust 编写那一部分",
    ),
    ("an object of PHP is not {}", "PHP 的对象不是{}"),
    ("a change of what is no array", "修改的不是数组"),
    ("an index of what is no array", "取下标的不是数组"),
    (
        "a key that calls or sets something, in an assignment whose value counts",
        "取值的赋值中，键里有调用或赋值",
    ),
    (
        "`[]` behind `unset` of an item, or `array_pop` of an array that may lack keys: PHP goes on from the highest key that the array ever had",
        "`unset` 元素之后，或对可能缺少键的数组 `array_pop` 之后的 `[]`：PHP 从该数组曾有过的最大键继续编号",
    ),
    ("`unset` of `[]`", "对 `[]` 使用 `unset`"),
    ("`unset` of what is no array", "对非数组使用 `unset`"),
    ("the function gave nothing back", "函数没有返回值"),
    (
        "what was written is no Rust: {}",
        "生成的不是合法的 Rust：{}",
    ),
    ("a call of this file was lost", "有调用没有转换出来"),
    ("tell the authors of the porter", "请告知转换工具的作者"),
    (
        "a path that a later turn of the loop chooses",
        "由循环的下一轮才选定的路径",
    ),
    (
        "the client always checks the server's certificate: a request that PHP sends unchecked may be refused",
        "客户端总会校验服务器证书：PHP 不校验就发送的请求，这里可能被拒绝",
    ),
    (
        "`{}`: no parameter takes these arguments",
        "`{}`：没有形参接收这些实参",
    ),
    ("declare a parameter `...$args`", "请声明形参 `...$args`"),
    ("a closure with too few arguments", "调用闭包时实参太少"),
    (
        "a closure that takes over variables and leaves parameters out",
        "闭包捕获了变量，又省略了形参",
    ),
    (
        "arguments that a closure called at once does not take",
        "立即调用的闭包收到了它没有声明的实参",
    ),
    (
        "a `catch` whose variable is a parameter or shared with the code around",
        "`catch` 的变量是形参，或与外层代码共用",
    ),
    (
        "a `catch` whose variable holds another value before it",
        "`catch` 的变量在此之前存有其他值",
    ),
    (
        "a promise with handlers that is not waited for at one place of this function",
        "带回调的 Promise 没有在本函数的唯一一处等待",
    ),
    (
        "`http_errors` is turned off for APIv2",
        "APIv2 关闭了 `http_errors`",
    ),
    (
        "leave it out: PHP rejects a failed answer of APIv2 in any case",
        "请去掉它：APIv2 的应答失败时，PHP 总会抛出异常",
    ),
    (
        "`http_errors` of a call that has a `handler`",
        "请求同时设置了 `http_errors` 和 `handler`",
    ),
    (
        "PHP 8 takes the text keys of this array as names of parameters, PHP 7 takes the values in order; the port does as PHP 8",
        "数组的文本键：PHP 8 当作参数名，PHP 7 只按顺序取值；转换后的代码与 PHP 8 相同",
    ),
    // Clients, keys, signatures.
    (
        "the porter does not see that this is a client",
        "转换工具看不出这是客户端",
    ),
    (
        "a platform key without its id or serial",
        "没有公钥ID 或证书序列号的平台密钥",
    ),
    ("a key from here", "取自这里的密钥"),
    (
        "the merchant's files are an array of `cert` and `key` here",
        "这里的商户文件应为包含 `cert` 和 `key` 的数组",
    ),
    (
        "a signature that is not made over `Formatter::queryStringLike(…)`",
        "不是对 `Formatter::queryStringLike(…)` 的结果所做的签名",
    ),
    // Promises.
    (
        "PHP sends this only where something waits for the promise",
        "PHP 只有在等待该 Promise 时才发送请求",
    ),
    (
        "a promise with handlers that is not waited for here",
        "有处理函数但没有在这里等待的 Promise",
    ),
    (
        "PHP sends the promises that are open here together with this one",
        "PHP 会把这里尚未等待的 Promise 与这一个一起发送",
    ),
    (
        "wait for each promise before the next begins, or write this part in Rust with `tokio::join!`",
        "请在下一个 Promise 开始之前等待前一个，或用 Rust 的 `tokio::join!` 编写这一部分",
    ),
    ("the value of `wait(false)`", " `wait(false)` 的返回值"),
    (
        "`wait(false)` of a call whose arguments may throw",
        "参数可能抛出异常的调用的 `wait(false)`",
    ),
    (
        "nothing waits for this promise: PHP does not send its request",
        "没有代码等待该 Promise，PHP 不会发送它的请求",
    ),
    // Paths and options.
    ("the path of this call is {}", "这个调用的路径是{}"),
    ("`chain()` without a path", "没有路径的 `chain()`"),
    ("the options are {}", "选项是{}"),
    ("write them as an array", "请写成数组"),
    ("the options of a call are an array", "调用的选项应为数组"),
    (
        "a call of the SDK takes one array of options",
        "SDK 的调用只接受一个选项数组",
    ),
    ("its path stands in the chain", "路径写在链式调用中"),
    (
        "the option {} has no name and is left out",
        "选项 {} 没有名称，已略去",
    ),
    (
        "this `handler` is no stack of the SDK",
        "这个 `handler` 不是 SDK 的栈",
    ),
    (
        "the option `{}` cannot be told without running the program: {}",
        "选项 `{}` 的值要运行程序才知道：{}",
    ),
    (
        "give the value: assign it before the call",
        "请在调用之前给它赋值",
    ),
    (
        "a plain Guzzle client makes this {} {} of {}: it is no call of the SDK, and is not signed",
        "这是普通 Guzzle 客户端发出的 {} {}（{}），不是 SDK 的调用，没有签名",
    ),
    (
        "in Rust, `client.get_url(url)` follows a URL that WeChat Pay gave",
        "在 Rust 中，微信支付返回的 URL 用 `client.get_url(url)` 访问",
    ),
    (
        "an absolute URL is signed and sent to its host by PHP; this library refuses to",
        "PHP 会对绝对 URL 签名并发往该域名，本库拒绝这样做",
    ),
    (
        "write the path alone, and the host as `base_uri`; for a URL of an answer use `client.get_url(url)`",
        "请只写路径，域名写在 `base_uri`；应答中的 URL 请用 `client.get_url(url)`",
    ),
    (
        "the path's variable `{}` has no value: PHP sends it empty",
        "路径变量 `{}` 没有值，PHP 会发送空值",
    ),
    (
        "give it with `.var(\"{}\", ..)`",
        "请用 `.var(\"{}\", ..)` 提供",
    ),
    (
        "the path has no variable `{}`: PHP ignores it",
        "路径中没有变量 `{}`，PHP 会忽略它",
    ),
    (
        "the path begins with `/v2/`, which PHP takes for APIv3 and sends without its XML",
        "路径以 `/v2/` 开头，PHP 会当作 APIv3，发送时不带 XML",
    ),
    ("write `v2/…`, without the slash", "请写成 `v2/…`，不带斜杠"),
    (
        "PHP sends the path `{}` as it is, and this library reads a part of it as a variable",
        "PHP 会原样发送路径 `{}`，而本库会把其中一部分当作变量",
    ),
    (
        "this may be a client and then a path, or all of it a path: no path of WeChat Pay begins like this",
        "这里可能是客户端加路径，也可能全是路径；微信支付没有这样开头的路径",
    ),
    (
        "a path begins with {}; write another one as a whole, on the client's variable: `$instance->chain('…')`",
        "路径以 {} 开头；其他路径请在客户端变量上完整写出：`$instance->chain('…')`",
    ),
    (
        "the value `{}` stands in the path: PHP lower-cases its capitals, and sends `-` before them",
        "路径中含有值 `{}`：PHP 会把大写字母改成小写，并在前面加 `-`",
    ),
    (
        "PHP rewrites the capitals of this value, since it stands in the path: `L1` is sent as `-l1`; the port sends the same",
        "这个值直接拼在路径里，PHP 会改写其中的大写字母：`L1` 会发成 `-l1`；转换后的代码发送的内容与 PHP 相同",
    ),
    (
        "write a variable of the path, `{}`, with its value among the options, as in `chain('v3/…/{}/close')->post(['no' => $no, …])`: PHP keeps its capitals",
        "请改用路径变量 `{}`，并在选项中给出它的值，例如 `chain('v3/…/{}/close')->post(['no' => $no, …])`：PHP 会保留大写字母",
    ),
    (
        "whether this is a call of APIv2 is in a variable of the path",
        "是否调用 APIv2 由路径中的变量决定",
    ),
    (
        "a variable of the path makes this a call of APIv2",
        "路径中的变量使它成为 APIv2 调用",
    ),
    (
        "write the path itself: `chain('v2/…')`",
        "请直接写出路径：`chain('v2/…')`",
    ),
    (
        "APIv2 takes no `json`: PHP only changes the Content-Type; it is left out",
        "APIv2 不接受 `json`，PHP 只会改变 Content-Type；已略去",
    ),
    (
        "the path is APIv3's, where PHP ignores `xml`; it is left out",
        "这是 APIv3 的路径，PHP 会忽略 `xml`；已略去",
    ),
    (
        "a body of text has to name its Content-Type",
        "文本请求体必须写明 Content-Type",
    ),
    (
        "`{}` is APIv2's, and PHP passes it over here",
        "`{}` 用于 APIv2，PHP 在这里会忽略它",
    ),
    (
        "PHP leaves the nonce out whatever the value is; so does the port",
        "无论值是什么，PHP 都不带 nonce，转换结果相同",
    ),
    (
        "the option `{}` of Guzzle is not taken here",
        "这里不支持 Guzzle 的选项 `{}`",
    ),
    (
        "the header {} is set by the client",
        "请求头 {} 由客户端设置",
    ),
    ("leave it out", "请去掉"),
    (
        "an upload without its Content-Type, which PHP sends as `application/json`",
        "上传文件时没有给出 Content-Type，PHP 会以 `application/json` 发送",
    ),
    (
        "an upload with a Content-Type that lacks the boundary of its parts",
        "上传文件的 Content-Type 缺少各部分的分隔符（boundary）",
    ),
    (
        "give `'headers' => ['Content-Type' => $media->getContentType()]`",
        "请写上 `'headers' => ['Content-Type' => $media->getContentType()]`",
    ),
    (
        "a key that is given again, and whose first value does something",
        "重复给出的键，而其第一个值的求值有作用",
    ),
    (
        "the path of this URL, which PHP drops for paths that begin with `/`",
        "该 URL 中的路径：请求路径以 `/` 开头时，PHP 会丢弃它",
    ),
    (
        "begin all paths without `/`, or leave the path of `base_uri` out",
        "请让所有请求路径都不以 `/` 开头，或去掉 `base_uri` 中的路径",
    ),
    (
        "PHP drops the path of this URL, since the path of the call begins with `/`; so does the port",
        "请求路径以 `/` 开头，PHP 会丢弃该 URL 中的路径，转换结果相同",
    ),
    (
        "PHP loses what follows the last slash of this URL; so does the port",
        "PHP 会丢掉该 URL 最后一个斜杠之后的内容，转换结果相同",
    ),
    (
        "`headers` is within the body, and PHP sends it there and not as headers; close the body's array before it",
        "`headers` 写在了请求体里，PHP 会把它当作请求体发送，而不是请求头；请先结束请求体的数组",
    ),
    (
        "this key is given twice: the last value counts, as in PHP",
        "这个键写了两次，与 PHP 一样以最后的值为准",
    ),
    (
        "the key `{}` stands twice: the last one counts",
        "键 `{}` 写了两次，以最后的值为准",
    ),
    ("redirects are never followed", "不会跟随重定向"),
    (
        "the stack's `signer` makes the Authorization header",
        "Authorization 请求头由栈中的 `signer` 生成",
    ),
    (
        "build the client with `.certificate(..)`",
        "请用 `.certificate(..)` 构建客户端",
    ),
    (
        "build the client with `.private_key(..)`",
        "请用 `.private_key(..)` 构建客户端",
    ),
    (
        "use `ClientBuilder::connect_timeout`",
        "请用 `ClientBuilder::connect_timeout`",
    ),
    (
        "use `ClientBuilder::transport`",
        "请用 `ClientBuilder::transport`",
    ),
    ("use `ClientBuilder::proxy`", "请用 `ClientBuilder::proxy`"),
    (
        "use `ClientBuilder::read_timeout`",
        "请用 `ClientBuilder::read_timeout`",
    ),
    (
        "use `ClientBuilder::root_certificate`",
        "请用 `ClientBuilder::root_certificate`",
    ),
    (
        "use `Download::on_progress` or `Media::on_progress`",
        "请用 `Download::on_progress` 或 `Media::on_progress`",
    ),
    ("use `Call::stream`", "请用 `Call::stream`"),
    ("use `Client::with_stack`", "请用 `Client::with_stack`"),
    (
        "upload with `Media`: docs/files.md",
        "请用 `Media` 上传，参见 docs/files.zh-CN.md",
    ),
    ("WeChat Pay sets none", "微信支付不设置 Cookie"),
    (
        "`ClientBuilder` has what the transport can be told",
        "传输层的设置都在 `ClientBuilder` 上",
    ),
    (
        "set the header Accept-Encoding",
        "请设置请求头 Accept-Encoding",
    ),
    ("wait before the call", "请在调用之前等待"),
    ("WeChat Pay takes no forms", "微信支付不接受表单"),
    (
        "an answer that is not 2xx is an `Err`; use `php::without_http_errors`",
        "非 2xx 的应答是 `Err`；需要改变时请使用 `php::without_http_errors`",
    ),
    ("a middleware sees the headers", "请在中间件中查看应答头"),
    ("a middleware sees the call", "请在中间件中查看调用"),
    (
        "HTTP/2 and HTTP/1.1 are negotiated",
        "HTTP/2 与 HTTP/1.1 自动协商",
    ),
    (
        "PHP does not check the time of the notification; here one that is more than five minutes old or ahead is refused",
        "PHP 没有检查通知的时间；这里会拒绝与当前时间相差五分钟以上的通知",
    ),
    // Requests that are worked out.
    (
        "this call stands in a function that nothing here calls: it was left out",
        "这个调用在没有被调用的函数中，已略去",
    ),
    (
        "move it out of the function, and port it by itself",
        "请移到函数之外，单独转换",
    ),
    (
        "this call is never reached: it was left out",
        "这个调用不会被执行，已略去",
    ),
    (
        "take away what stands in its way, and port it by itself",
        "请去掉使它无法执行的代码，单独转换",
    ),
    (
        "`${}` is not defined here, and {}",
        "`${}` 在这里没有定义，{}",
    ),
    ("`${}` is not defined", "`${}` 没有定义"),
    ("PHP takes null for it", "PHP 会当作 null"),
    ("{} stands in for it", "这里用 {} 代替"),
    (
        "give it a value: --define {}=@FILE or {}=env:NAME",
        "请提供值：--define {}=@FILE 或 {}=env:NAME",
    ),
    ("give it a value: --define {}=…", "请提供值：--define {}=…"),
    (
        "--files DIR reads file:///path/to/x from DIR/path/to/x",
        "--files DIR 会从 DIR/path/to/x 读取 file:///path/to/x",
    ),
    ("cannot read `{}`: {}", "无法读取 `{}`：{}"),
    (
        "cannot tell the certificate's serial number: {}",
        "无法得到证书序列号：{}",
    ),
    ("no signature is made here: {}", "这里没有生成签名：{}"),
    (
        "there is no private key; --define NAME=file:///path/to/key.pem gives its variable one, never the key itself",
        "没有私钥；用 --define NAME=file:///path/to/key.pem 给变量指定私钥文件，不要直接写私钥内容",
    ),
    ("what only an array spreads", "只有数组才能展开的值"),
    ("a text is needed here, and {}", "这里需要文本：{}"),
    ("this cannot be assigned to", "不能给它赋值"),
    (
        "what was put into an object on one of several ways",
        "只在部分分支中放进对象的值",
    ),
    ("a method that only a run would tell", "运行时才知道的方法"),
    ("a path that only a run would tell", "运行时才知道的路径"),
    ("a key that only a run would tell", "运行时才知道的键"),
    ("JSON that only a run would tell", "运行时才知道的 JSON"),
    ("a stream that only a run would tell", "运行时才知道的流"),
    (
        "a comparison that only a run would tell",
        "运行时才知道结果的比较",
    ),
    ("what `{}()` returns", " `{}()` 的返回值"),
    ("what this call returns", "这个调用的返回值"),
    ("what another file returns", "其他文件的返回值"),
    ("what only whole files use", "只用于完整文件的语法"),
    ("what nothing returns", "没有返回值的函数的结果"),
    (
        "what is called here is not defined",
        "这里调用的内容没有定义",
    ),
    ("the answer of a call", "调用的应答"),
    ("the failure of a call", "调用失败的结果"),
    ("one of several values that are returned", "多个返回值之一"),
    ("a parameter of `{}()`", " `{}()` 的参数"),
    ("the constant `{}`", "常量 `{}`"),
    ("the property `{}`", "属性 `{}`"),
    ("`[]` has no value", "`[]` 没有值"),
    ("the block was given up", "这段代码已放弃"),
    (
        "what `${}` is after something that is not followed here",
        " `${}` 的值，它经过了这里不支持的代码",
    ),
    (
        "what `${}` is, which depends on the way that the program takes",
        " `${}` 的值，取决于程序执行的分支",
    ),
    ("an object of the class `{}`", "类 `{}` 的对象"),
    ("a cast that PHP refuses", "PHP 不允许的类型转换"),
    ("a calculation that PHP refuses", "PHP 不允许的计算"),
    (
        "a character of a text at an index that is no whole number",
        "下标不是整数的字符",
    ),
    ("a byte of a character", "字符中的单个字节"),
    ("the class of an object", "对象的类"),
    ("an array is no text", "数组不是文本"),
    ("a closure is no text", "闭包不是文本"),
    ("this object is no text", "该对象不是文本"),
    ("the file is no text", "该文件不是文本"),
    ("a path is no value", "路径不是值"),
    ("this is no key of an array", "这不能作为数组的键"),
    ("infinity and NaN are no JSON", "无穷大和 NaN 不能写成 JSON"),
    ("it is nested too deeply", "嵌套太深"),
    ("too deep", "嵌套太深"),
    (
        "these calls are nested too deeply to be followed",
        "这些调用嵌套太深，无法推算",
    ),
    ("this grows too large to be followed", "内容过大，无法推算"),
    (
        "this runs for too long to be followed",
        "运行步骤过多，无法推算",
    ),
    (
        "this loop is too long to be followed",
        "循环次数过多，无法推算",
    ),
    ("the URL", "URL"),
    ("the file of MediaUtil", "MediaUtil 的文件"),
    ("the file of a stream", "流的文件"),
    ("a stream", "流"),
    ("a part of a body is an array", "请求体的每个部分都应为数组"),
    (
        "a part of the body has no `{}`, and PHP throws InvalidArgumentException",
        "请求体的一个部分没有 `{}`，PHP 会抛出 InvalidArgumentException",
    ),
    ("write `'{}' =>`", "请写上 `'{}' =>`"),
    ("the name of a part", "multipart 部分的名称"),
    ("the contents of a part", "multipart 部分的内容"),
    (
        "a part of the body only a run would tell: {}",
        "请求体中有运行时才知道的部分：{}",
    ),
    (
        "the meta of the upload only a run would tell: {}",
        "上传的 meta 运行时才知道：{}",
    ),
    (
        "`{}()` is called only on one of several ways",
        "`{}()` 只在部分分支中调用",
    ),
    (
        "`{}()` changes the stack in a way that is not followed here",
        "`{}()` 对栈的修改在这里不支持",
    ),
    ("only `remove` of a name is", "只支持按名称 `remove`"),
    ("a setting of the client", "客户端的设置"),
    ("a nested query", "嵌套的查询参数"),
    (
        "a query of something that is no array",
        "不是数组的查询参数",
    ),
    ("the digest of a stream", "流的摘要"),
    ("the text", "文本"),
    ("the text to sign", "待签名的文本"),
    ("the kind of the signature", "签名类型"),
    (
        "`{}` is no kind of signature: PHP sends none",
        "`{}` 不是签名类型，PHP 不会发送签名",
    ),
    ("MD5 and HMAC-SHA256 are", "请用 MD5 或 HMAC-SHA256"),
    ("a key", "密钥"),
    ("a certificate", "证书"),
    ("{} is missing", "缺少{}"),
    // Templates that the command makes of requests.
    (
        "`{}` is `{}` to PHP, which has no value{} and sends an empty segment; this library takes the name as it is written",
        "PHP 把 `{}` 当作 `{}`，它没有值{}，会发送空的路径段；本库按原样使用这个名称",
    ),
    (
        "`{}` is of APIv2: PHP passes it over here, and so does this",
        "`{}` 用于 APIv2，PHP 在这里会忽略它，转换结果相同",
    ),
    (
        "the path has no `{}`: PHP passes the option over, this library would refuse the call",
        "路径中没有 `{}`：PHP 会忽略该选项，本库会拒绝这个调用",
    ),
    (
        "`{}` in the path has no value: PHP sends an empty segment, this library would refuse the call",
        "路径中的 `{}` 没有值：PHP 会发送空的路径段，本库会拒绝这个调用",
    ),
    (
        "`{}` in the path is empty: PHP sends an empty segment, this library would refuse the call",
        "路径中的 `{}` 为空：PHP 会发送空的路径段，本库会拒绝这个调用",
    ),
    ("this library refuses the call: {}", "本库拒绝这个调用：{}"),
];
