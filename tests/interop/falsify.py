"""A proxy in front of the sandbox that falsifies what the sandbox signs, to see whether clients notice.

Arguments: the file with the sandbox's `--json` line, where to write that line with the proxy's address, and what is
falsified: signature, body, serial, timestamp, nonce or none. The control API passes unchanged. `GET /_falsified` tells how many
messages were falsified. Notifications are falsified on their way through `/_forward/PORT/…`, which the kits use as
`notify_url`.
"""

import http.client
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOP = {"connection", "content-length", "transfer-encoding", "keep-alive", "date", "server"}


def other(character):
    """A character of the same alphabet: base64, hexadecimal and digits."""
    return {"A": "B", "a": "b", "0": "1"}.get(character) or ("A" if character.isupper() else "a" if character.islower() else "0")


def changed(text, at):
    return text[:at] + other(text[at]) + text[at + 1:]


def falsified(kind, headers, body):
    """The message with one part falsified; None if it is not signed or has no such part."""
    if kind == "none":
        return None
    names = {name.lower(): name for name in headers}
    if "wechatpay-signature" in names:
        return falsified_v3(kind, headers, body, names)
    if body.lstrip().startswith(b"<xml>") and b"<sign>" in body:
        return falsified_v2(kind, headers, body)
    return None


def falsified_v3(kind, headers, body, names):
    if kind == "body":
        # The same JSON: only the signature tells.
        return (headers, body[:1] + b" " + body[1:]) if body else None
    name = names[f"wechatpay-{kind}"]
    value = headers[name]
    new = str(int(value) - 1) if kind == "timestamp" else changed(value, len(value) // 2 if kind == "signature" else len(value) - 1)
    return {**headers, name: new}, body


def falsified_v2(kind, headers, body):
    element = {"signature": b"sign", "nonce": b"nonce_str"}.get(kind)
    if kind == "body":
        return headers, body.replace(b"</xml>", b"<added>1</added></xml>")
    found = element and re.search(rb"<%s>(<!\[CDATA\[)?([^<\]]+)" % element, body)
    if not found:
        return None
    text = changed(found[2].decode(), 0).encode()
    return headers, body[: found.start(2)] + text + body[found.end(2):]


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_falsified":
            return self.answer(200, {"Content-Type": "application/json"}, str(self.server.count).encode())
        forward = re.match(r"/_forward/(\d+)(/.*)", self.path)
        port, path = (int(forward[1]), forward[2]) if forward else (self.server.port, self.path)
        headers = dict(self.headers.items())
        if forward:
            headers, body = self.falsify(headers, body)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                connection.putheader(name, value)
        if body or self.command == "POST":
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        answer = response.read()
        found = {name: value for name, value in response.getheaders() if name.lower() not in HOP}
        if not forward and not path.startswith("/_sandbox/"):
            found, answer = self.falsify(found, answer)
        self.answer(response.status, found, answer)
        connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    def falsify(self, headers, body):
        new = falsified(self.server.kind, headers, body)
        if new is None:
            return headers, body
        with self.server.lock:
            self.server.count += 1
        return new

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    ready, written, kind = sys.argv[1:4]
    info = json.loads(Path(ready).read_text())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    server.kind, server.count, server.lock = kind, 0, threading.Lock()
    server.port = urlsplit(info["base_url"]).port
    base = f"http://127.0.0.1:{server.server_port}/"
    line = json.dumps({**info, "base_url": base, "forward": f"{base}_forward/"})
    Path(f"{written}.new").write_text(line)
    Path(f"{written}.new").rename(written)
    server.serve_forever()


main()
