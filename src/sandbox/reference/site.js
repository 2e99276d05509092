// The search of the reference: what `search/mod.rs` does, with the data of index.js. tests/site compares the two.
"use strict";

(function () {
  const SLIP = 5;

  // Damerau-Levenshtein distance.
  function distance(one, other) {
    const a = Array.from(one), b = Array.from(other);
    const max = a.length + b.length;
    const d = Array.from({ length: a.length + 2 }, () => new Array(b.length + 2).fill(0));
    d[0][0] = max;
    for (let i = 0; i <= a.length; i++) { d[i + 1][0] = max; d[i + 1][1] = i; }
    for (let j = 0; j <= b.length; j++) { d[0][j + 1] = max; d[1][j + 1] = j; }
    const last = new Map();
    for (let i = 1; i <= a.length; i++) {
      let match = 0;
      for (let j = 1; j <= b.length; j++) {
        const k = last.get(b[j - 1]) || 0, l = match;
        const cost = a[i - 1] === b[j - 1] ? 0 : 1;
        if (cost === 0) match = j;
        d[i + 1][j + 1] = Math.min(
          d[i][j] + cost, d[i + 1][j] + 1, d[i][j + 1] + 1,
          d[k][l] + (i - k - 1) + 1 + (j - l - 1));
      }
      last.set(a[i - 1], i);
    }
    return d[a.length + 1][b.length + 1];
  }

  const isAscii = (text) => /^[\x00-\x7f]*$/.test(text);
  const others = (synonyms, matches) => synonyms.filter(([people]) => matches(people)).flatMap(([, them]) => them);

  function read(index) {
    return index.operations.map(([method, path, title, products, standing, common]) => {
      const names = products.map((at) => index.products[at]);
      return {
        method, path, title, names, standing, common: common || 0,
        text: {
          title: title.toLowerCase(),
          products: names.join(" ").toLowerCase(),
          path: `${method} ${path}`.toLowerCase(),
        },
      };
    });
  }

  function contains(text, word) {
    if (text.title.startsWith(word)) return 45;
    if (text.title.includes(word)) return 40;
    if (text.path.includes(word)) return 35;
    if (text.products.includes(word)) return 30;
    return null;
  }

  function knows(synonyms, text, piece) {
    return contains(text, piece) !== null ||
      others(synonyms, (people) => people === piece).some((other) => contains(text, other) !== null);
  }

  // All pieces of a Chinese word match, in any order.
  function hasPieces(synonyms, text, word) {
    let rest = Array.from(word);
    while (rest.length > 0) {
      let length = rest.length;
      while (length >= 2 && !knows(synonyms, text, rest.slice(0, length).join(""))) length--;
      if (length < 2) return false;
      rest = rest.slice(length);
    }
    return true;
  }

  // A word of the path, or a piece of the title, differs only by a typing error.
  function isNear(synonyms, text, word) {
    const length = Array.from(word).length;
    if (isAscii(word)) {
      if (length < 4) return false;
      const allowed = length < 8 ? 1 : 2;
      const near = (other) => distance(other, word) <= allowed;
      return text.path.split(/[^a-z0-9]/).some(near) ||
        others(synonyms, near).some((other) => contains(text, other) !== null);
    }
    if (length < 3) return false;
    const title = Array.from(text.title);
    for (let at = 0; at + length <= title.length; at++) {
      if (distance(title.slice(at, at + length).join(""), word) <= 1) return true;
    }
    return false;
  }

  function points(synonyms, text, word) {
    if (text.title === word.text) return 80;
    const found = contains(text, word.text);
    if (found !== null) return found;
    if (word.others.some((other) => contains(text, other) !== null)) return 25;
    if (!isAscii(word.text) && hasPieces(synonyms, text, word.text)) return 20;
    return isNear(synonyms, text, word.text) ? SLIP : null;
  }

  function rank(synonyms, operation, words) {
    let sum = 10 * operation.common, slip = false;
    for (const word of words) {
      const found = points(synonyms, operation.text, word);
      if (found === null) return null;
      slip = slip || found <= SLIP;
      sum += found;
    }
    return [operation.standing, -sum, Array.from(operation.text.title).length, operation.text.path.length, slip];
  }

  function compare(one, other) {
    for (let at = 0; at < 4; at++) if (one[at] !== other[at]) return one[at] - other[at];
    return 0;
  }

  function search(index, operations, query) {
    const words = query.split(/\s+/).filter((word) => word !== "").map((word) => {
      const text = word.toLowerCase().replace(/^\/+/, "");
      return { text, others: others(index.synonyms, (people) => people === text) };
    });
    let found = [];
    for (const operation of operations) {
      const place = rank(index.synonyms, operation, words);
      if (place !== null) found.push([place, operation]);
    }
    if (found.some(([place]) => !place[4])) found = found.filter(([place]) => !place[4]);
    return found.sort(([one], [other]) => compare(one, other)).map(([, operation]) => operation);
  }

  // As names::file_of.
  function fileOf(operation) {
    return `${operation.method}-${operation.path}`.toLowerCase().replace(/[{}]/g, "").replaceAll("/", "-") + ".html";
  }

  if (typeof document === "undefined") {
    globalThis.wechatpaySearch = { read, search, fileOf };
    return;
  }

  const MOST = 60, MOST_SECTIONS = 20;
  const form = document.getElementById("search"), list = document.getElementById("found");
  const input = form.elements.q;
  const isChinese = document.documentElement.lang.startsWith("zh");
  const lang = isChinese ? "zh" : "en";
  // Where the site is: pages are in folders of different depth.
  const root = new URL(".", document.currentScript.src);
  let operations = null, failed = false;
  form.hidden = false;

  // The sections of docs/ that have all words; first those with a word in the heading, then those with one in the title.
  function searchDocs(query) {
    const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const found = [];
    for (const [file, title, sections] of globalThis.wechatpayDocs || []) {
      const page = title.toLowerCase();
      for (const [id, heading, text] of sections) {
        const head = heading.toLowerCase();
        if (!words.every((word) => head.includes(word) || page.includes(word) || text.includes(word))) continue;
        const place = words.some((word) => head.includes(word)) ? 0 : words.some((word) => page.includes(word)) ? 1 : 2;
        found.push({ place, title, heading, href: `${file}${id === "" ? "" : "#" + encodeURIComponent(id)}` });
      }
    }
    return found.sort((one, other) => one.place - other.place);
  }

  function load(then) {
    if (operations !== null) return then();
    if (globalThis.wechatpayIndex) { operations = read(globalThis.wechatpayIndex); return then(); }
    if (document.getElementById("index") !== null) return;
    for (const name of ["index.js", `docs-${lang}.js`]) {
      const script = document.createElement("script");
      if (name === "index.js") script.id = "index";
      script.src = new URL(name, root).href;
      script.addEventListener("load", () => {
        if (name === "index.js") operations = read(globalThis.wechatpayIndex);
        show();
      });
      // The lists of the pages need no script.
      script.addEventListener("error", () => { failed = true; show(); });
      document.head.append(script);
    }
  }

  function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function item(operation) {
    const made = document.createElement("li"), link = element("a", operation.title), line = document.createElement("div");
    link.href = new URL(`${lang}/${fileOf(operation)}`, root).href;
    line.append(element("code", operation.method, "method"), " ", element("code", operation.path));
    made.append(link, " ", element("span", operation.names.join(" / "), "dim"), line);
    return made;
  }

  function section({ title, heading, href }) {
    const made = document.createElement("li"), link = element("a", heading);
    link.href = new URL(`${lang}/${href}`, root).href;
    made.append(link, " ", element("span", heading === title ? (isChinese ? "文档" : "Documentation") : title, "dim"));
    return made;
  }

  function show() {
    if (failed && operations === null) {
      list.hidden = false;
      list.replaceChildren(element("li", isChinese ? "无法加载搜索数据，请从接口列表或文档列表查找。" : "The search cannot be loaded: use the lists of operations and documentation.", "dim"));
      return;
    }
    if (operations === null) return;
    const query = input.value.trim();
    list.hidden = query === "";
    list.replaceChildren();
    if (query === "") return;
    const found = search(globalThis.wechatpayIndex, operations, query);
    list.append(...found.slice(0, MOST).map(item));
    const count = found.length === 0
      ? (isChinese ? "没有找到接口。" : "No operation matches.")
      : (isChinese ? `共 ${found.length} 个接口` : `${found.length} operations`);
    list.append(element("li", count, "dim"));
    list.append(...searchDocs(query).slice(0, MOST_SECTIONS).map(section));
  }

  input.addEventListener("focus", () => load(show));
  input.addEventListener("input", () => load(show));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first !== null) location.href = first.href;
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) { input.value = asked; load(show); }
})();
