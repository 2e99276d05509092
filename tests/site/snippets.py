#!/usr/bin/env python3
"""Write the Rust snippets of the site as the sources of a crate that compiles and runs them.

    python3 tests/site/snippets.py SITE CRATE/src STEP EVERY

One style of every EVERYth operation, and all styles of every STEPth, become functions. The program runs that style of every sixth
operation, and all styles of every STEPth.
"""

import html
import pathlib
import re
import sys

SNIPPET = re.compile(r'<label for="tab-([a-z-]+)">.*?</label><pre><code>(.*?)</code></pre>', re.S)
NOT_RUST = ("command", "curl")
PLAIN = "path-await"


def functions(page, name, all_styles):
    found = dict(SNIPPET.findall(page))
    assert PLAIN in found, name
    for style, code in found.items():
        if style in NOT_RUST or style != PLAIN and not all_styles:
            continue
        waits = style.endswith("-wait")
        body = html.unescape(code).replace("\n", "\n    ")
        start = "fn" if waits else "async fn"
        function = f"{name}_{style.replace('-', '_')}"
        call = f"async move {{ m{{module}}::{function}(client) }}" if waits else f"m{{module}}::{function}(client)"
        yield style, call, f"pub {start} {function}(client: &Client) -> Outcome {{\n    {body}\n    Ok(())\n}}\n"


def main():
    site, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    step, every = int(sys.argv[3]), int(sys.argv[4])
    head = "use wechatpay_chain::Client;\n\nuse crate::Outcome;\n\n"
    modules, runs, count = [], [], 0
    pages = sorted(path for path in (site / "en").iterdir() if re.match(r"(get|post|put|patch|delete)-", path.name))
    for number, path in enumerate(pages):
        if number % 100 == 0:
            modules.append([])
        module = len(modules) - 1
        if number % every != 0:
            continue
        page = path.read_text("utf-8")
        is_brand = str("a brand (品牌)" in page).lower()
        for style, call, text in functions(page, f"o{number}", number % step == 0):
            modules[module].append(text)
            count += 1
            if number % step == 0 or number % 6 == 0 and style == PLAIN:
                call = call.replace("{module}", str(module))
                runs.append(f'    run("{path.stem} {style}", {is_brand}, |client| Box::pin({call})),\n')
    for number, texts in enumerate(modules):
        (target / f"m{number}.rs").write_text(head + "\n".join(texts), "utf-8")
    names = "".join(f"pub mod m{number};\n" for number in range(len(modules)))
    main = (pathlib.Path(__file__).parent / "driver.rs").read_text("utf-8")
    table = "pub(crate) fn all() -> Vec<Run> {\n    vec![\n" + "".join(runs).replace("    run(", "        run(") + "    ]\n}\n"
    uses = "use crate::{Run, run};\n"
    (target / "all.rs").write_text(names.replace("pub mod", "mod") + "\n" + uses + "\n" + table, "utf-8")
    (target / "all").mkdir(exist_ok=True)
    for number in range(len(modules)):
        (target / f"m{number}.rs").rename(target / "all" / f"m{number}.rs")
    (target / "main.rs").write_text(main, "utf-8")
    print(f"{count} snippets of {len(pages)} operations, {len(runs)} to run")


main()
