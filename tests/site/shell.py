#!/usr/bin/env python3
"""Run the curl scripts and the lines of the command on some pages of the site against a sandbox.

    python3 tests/site/shell.py SITE WECHATPAY

The sandbox must accept each request, or refuse it only because it has made nothing that the sample names.
"""

import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

SNIPPET = re.compile(r'<label for="tab-([a-z-]+)">.*?</label><pre><code>(.*?)</code></pre>', re.S)
# How many operations of each kind.
KINDS = {"upload": 3, "v2": 6, "encrypted": 3, "get": 8, "post": 8, "other": 4}
NOTHING_MADE = ("no request has created", "the sandbox has no", "the order does not exist", "the token is unknown")
WRONG = ("PARAM_ERROR", "SIGN_ERROR", "SIGNERROR", "LACK_PARAMS")


def kind(name, curl):
    if "file=@" in curl:
        return "upload"
    if "-v2-" in name:
        return "v2"
    if "seal()" in curl:
        return "encrypted"
    method = name.split("-")[0]
    return method if method in KINDS else "other"


def chosen(site):
    found = {name: [] for name in KINDS}
    for path in sorted((site / "en").glob("*-*.html")):
        snippets = {style: html.unescape(code) for style, code in SNIPPET.findall(path.read_text("utf-8"))}
        # A bill of the day of the sample is too old.
        if "curl" in snippets and "bill_date" not in snippets["curl"]:
            found[kind(path.stem, snippets["curl"])].append((path.stem, snippets))
    for name, count in KINDS.items():
        step = max(1, len(found[name]) // count)
        yield from found[name][::step][:count]


def sandbox(wechatpay, folder):
    """Starts a sandbox with its files in `folder`/keys; returns the process and its address."""
    words = [wechatpay, "--lang", "en", "sandbox", "--dir", "keys", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return process, found[0]
    sys.exit("the sandbox did not start")


def refusal(base):
    """Why the sandbox refused the newest request, if it did."""
    with urllib.request.urlopen(f"{base}/_sandbox/api/calls?limit=1") as answer:
        calls = json.load(answer)["calls"]
    if not calls:
        return "no request arrived"
    verdict = calls[-1]["verdict"]
    why = verdict.get("why") or ""
    return "" if verdict["accepted"] or why.startswith(NOTHING_MADE) else why


def main():
    site, wechatpay = pathlib.Path(sys.argv[1]).resolve(), str(pathlib.Path(sys.argv[2]).resolve())
    os.environ["PATH"] = f"{os.path.dirname(wechatpay)}:{os.environ['PATH']}"
    failed, curls, lines = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "file.jpg").write_text("a file")
        process, base = sandbox(wechatpay, folder)
        try:
            for number, (name, snippets) in enumerate(chosen(site)):
                script = snippets["curl"].replace("http://127.0.0.1:8080", base)
                forget = urllib.request.Request(f"{base}/_sandbox/api/calls", method="DELETE")
                urllib.request.urlopen(forget).close()
                done = subprocess.run(["sh", "-eu", "-c", script], cwd=folder, capture_output=True, text=True)
                curls += 1
                why = done.stderr if done.returncode != 0 else refusal(base)
                if why:
                    failed.append(f"{name}, curl: {why}")
                # A line starts a sandbox of its own.
                if number % 2 == 0:
                    line = ["sh", "-c", snippets["command"]]
                    done = subprocess.run(line, cwd=folder, capture_output=True, text=True)
                    lines += 1
                    if done.returncode not in (0, 7) or any(code in done.stderr for code in WRONG):
                        failed.append(f"{name}, wechatpay: {done.stderr}")
        finally:
            process.terminate()
            process.wait()
    print(f"{curls} curl scripts and {lines} lines of the command, {len(failed)} failed")
    if failed or curls < 20:
        sys.exit("\n".join(failed) or "too few snippets")


main()
