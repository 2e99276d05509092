#!/usr/bin/env bash
# Runs one target on so many inputs: coverage-guided where cargo-fuzz and a nightly toolchain are there, else by
# mutation of the seeds.
#
#     bash fuzz/run.sh TARGET [INPUTS]     # 10,000,000 inputs unless said
#
# What libFuzzer finds interesting stays in fuzz/corpus/TARGET, so that a later run goes on from there.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?usage: fuzz/run.sh TARGET [INPUTS]}
inputs=${2:-10000000}
if ! cargo fuzz --version >/dev/null 2>&1 || ! cargo +nightly --version >/dev/null 2>&1; then
    exec cargo run --release --no-default-features --bin smoke -- "$inputs" "$target"
fi
folders=("corpus/$target" "seeds/$target")
if [ "$target" = keys ]; then folders+=(../tests/data/keys); fi
mkdir -p "corpus/$target"
# Slow inputs are findings as well: 30 seconds for one, 2 GiB.
exec cargo +nightly fuzz run --fuzz-dir . "$target" "${folders[@]}" -- \
    -runs="$inputs" -max_len=4096 -timeout=30 -rss_limit_mb=2048 -print_final_stats=1
