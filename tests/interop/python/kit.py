"""What the scenarios of every Python client share: the sandbox, a receiver of notifications, and the report.

Arguments: a file with the sandbox's `--json` line, a folder for the results, and scenarios.json.
"""

import contextlib
import importlib.metadata
import itertools
import json
import os
import sys
import threading
import time
import traceback
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

INFO = json.loads(Path(sys.argv[1]).read_text())
BASE = INFO["base_url"].rstrip("/")
APPID = "wx8888888888888888"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
RUN = f"{time.time_ns() // 1_000_000:x}"
_numbers = itertools.count(1)

# A proxy of the machine is not for loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"


class ClientFault(Exception):
    """Raised when a client itself does not do what WeChat Pay documents. The scenario does not count as passed.

    `en` and `zh` say what is wrong, `source` where it is in the published package.
    """

    def __init__(self, en, zh, source):
        super().__init__(en)
        self.line = {"result": "client", "en": en, "zh": zh, "source": source}


def number(kind):
    """A number that no other scenario uses."""
    return f"{kind}{RUN}N{next(_numbers)}"


def day(ago, form="%Y-%m-%d"):
    """The day in Beijing, as bills name it."""
    return time.strftime(form, time.gmtime(time.time() + (8 - ago * 24) * 3600))


def control(path, body=None):
    """Calls the sandbox's control API, which no client of WeChat Pay has."""
    request = urllib.request.Request(
        f"{BASE}/_sandbox/api/{path}",
        data=json.dumps(body or {}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as response:
        return json.load(response)


class Receiver:
    """Waits for one notification, and acknowledges it."""

    def __init__(self, acknowledgement=b""):
        self.acknowledgement = acknowledgement

    def __enter__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200 if receiver.acknowledgement else 204)
                self.end_headers()
                self.wfile.write(receiver.acknowledgement)
                receiver.delivery = (dict(self.headers), body)
                receiver.came.set()

            def log_message(self, *_):
                pass

        self.came = threading.Event()
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        # The falsifying proxy (falsify.py) forwards notifications to a port.
        base = INFO.get("forward", "http://127.0.0.1:")
        self.url = f"{base}{self.server.server_port}/notify"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def next(self):
        assert self.came.wait(20), "no notification came"
        return self.delivery

    def __exit__(self, *_):
        self.server.shutdown()


@contextlib.contextmanager
def certificate_mode():
    """An account that has not changed to the public key, as a client without one needs it."""
    control("certificates/mode", {"mode": "certificate"})
    try:
        yield
    finally:
        control("certificates/mode", {"mode": "public_key"})


def report(client, scenarios):
    """Runs the scenarios of one client one after the other, reports each, and ends the process."""
    titles = json.loads(Path(sys.argv[3]).read_text())
    version = importlib.metadata.version(client)
    counts = {"passed": 0, "client": 0, "failed": 0}
    with (Path(sys.argv[2]) / f"{client}.jsonl").open("w") as results:
        for scenario, body in scenarios.items():
            before = falsified()
            line, detail = outcome_of(body)
            line = {**line, "falsified": falsified() - before}
            counts[line["result"]] += 1
            line = {"client": client, "registry": "PyPI", "version": version, "scenario": scenario, **line}
            print(json.dumps(line, ensure_ascii=False), file=results)
            shown = {"passed": "ok    ", "client": "client", "failed": "FAIL  "}[line["result"]]
            print(f"{shown}  {client}: {titles[scenario][0]}{detail}", flush=True)
    passed, client_s, failed = counts.values()
    print(f"{client} {version}: {passed} passed, {client_s} at the client's fault, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


def falsified():
    """How many messages the falsifying proxy has falsified, if there is one."""
    if "forward" not in INFO:
        return 0
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{BASE}/_falsified", timeout=20) as response:
        return json.load(response)


def outcome_of(body):
    try:
        body()
        return {"result": "passed"}, ""
    except ClientFault as fault:
        return fault.line, f"\n        {fault} ({fault.line['source']})"
    except Exception:
        return {"result": "failed"}, f"\n{traceback.format_exc()}"
