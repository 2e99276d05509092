# What tests/interop/run, tests/page/run and .ci/run share: which tools they need, and a sandbox. To be sourced
# by bash, with `name`, how the script calls itself when something is wrong.

wrong() { echo "$name: $1" >&2; return 1; }
installed() { command -v "$1" > /dev/null || wrong "$1 is not installed"; }

check_node() {
    installed node && installed npm || return 1
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' ||
        wrong "node is $(node --version); 18 or later is needed"
}

check_python() {
    installed python3 || return 1
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        { wrong "python3 is $(python3 --version); 3.10 or later is needed"; return 1; }
    python3 -c 'import ensurepip, venv' 2> /dev/null || wrong "python3 has no venv (python3-venv in Debian)"
}

# Leaves in CHROMIUM which one it is, unless that was said.
check_chromium() {
    CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
    [[ -n "$CHROMIUM" ]] || { wrong "chromium is not installed (CHROMIUM=/path/to/it, when it is called otherwise)"; return 1; }
    # Ubuntu's is a script that asks for a snap.
    "$CHROMIUM" --version > /dev/null 2>&1 || wrong "$CHROMIUM does not run; name another with CHROMIUM=/path/to/it"
}

# A registry may be slow once; three times is a failure.
again() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return 0
        echo "$name: attempt $attempt failed: $*" >&2
        sleep $((attempt * 5))
    done
    return 1
}

# Installs what the package-lock.json of a folder says, unless that is there already: the lock file as it was
# then is kept beside it.
install_node_modules() {
    cmp --silent "$1/package-lock.json" "$1/node_modules/installed-lock.json" && return 0
    (cd "$1" && again npm ci --no-audit --no-fund --silent) || return 1
    cp "$1/package-lock.json" "$1/node_modules/installed-lock.json"
}

# Starts the command that WECHATPAY names, else one that is built now, in the repository $1, with its files in
# the folder $2. What it says when it is ready is in the file $ready; it ends with the script.
start_sandbox() {
    local root="$1" work="$2"
    if [[ -z "${WECHATPAY:-}" ]]; then
        (cd "$root" && cargo build --quiet -p wechatpay-cli) || return 1
        WECHATPAY="${CARGO_TARGET_DIR:-$root/target}/debug/wechatpay"
    fi
    ready="$work/sandbox.json"
    rm -f "$ready"
    "$WECHATPAY" sandbox --json --dir "$work/sandbox" > "$ready" &
    sandbox=$!
    trap 'kill "$sandbox" 2> /dev/null || true' EXIT
    await_sandbox "$ready"
}

# Waits until the sandbox with the process id $sandbox has printed something into the file $1.
await_sandbox() {
    for _ in $(seq 300); do
        [[ -s "$1" ]] && return 0
        kill -0 "$sandbox" 2> /dev/null || { wrong "the sandbox ended"; return 1; }
        sleep 0.1
    done
    wrong "the sandbox did not get ready"
}
