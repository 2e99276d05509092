// The search of the reference: what `search/mod.rs` does, with the data of index.js. tests/site compares the two.
"use strict";

(function () {
  const SLIP = 5, FILLER = 0, OVERSEAS = 2, MOST_PIECED = 32;

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

  // Lower case, and the right one of two characters that are often confused.
  const plain = (text) => text.toLowerCase().replaceAll("帐", "账").replaceAll("卷", "券");
  const isAscii = (text) => /^[\x00-\x7f]*$/.test(text);
  const others = (synonyms, matches) => synonyms.filter(([people]) => matches(people)).flatMap(([, them]) => them);

  function read(index) {
    return index.operations.map(([method, path, title, products, standing, bonus]) => {
      const names = products.map((at) => index.products[at]);
      return {
        method, path, title, names, standing, bonus: bonus || 0,
        text: {
          title: plain(title),
          product: plain(names[0] || ""),
          products: plain(names.join(" ")),
          path: `${method} ${path}`.toLowerCase(),
        },
      };
    });
  }

  function contains(text, word) {
    if (text.title.startsWith(word)) return 45;
    if (text.title.includes(word)) return 40;
    if (text.path.includes(word)) return 35;
    if (text.product.includes(word)) return 30;
    if (text.products.includes(word)) return 15;
    return null;
  }

  const hasAny = (text, words) => words.some((word) => contains(text, word) !== null);

  // All pieces of a word of at least two characters, with their synonyms.
  function piecesOf(index, word) {
    const chars = Array.from(word), pieces = [];
    for (let start = 0; start < chars.length; start++) {
      for (let end = start + 1; end <= chars.length; end++) {
        const text = chars.slice(start, end).join(""), isFiller = index.fillers.includes(text);
        if (end - start < 2 && !isFiller) continue;
        pieces.push({ start, end, isFiller, text, others: others(index.synonyms, (people) => people === text) });
      }
    }
    return { length: chars.length, pieces };
  }

  // Matching pieces make up the whole word, in any order in the text. The pieces are in the order of their start.
  function isMadeOf({ length, pieces }, matches) {
    const reached = new Set([0]);
    for (const piece of pieces) {
      if (reached.has(piece.start) && (piece.isFiller || matches(piece))) reached.add(piece.end);
    }
    return reached.has(length);
  }

  function piecePoints(text, pieces) {
    if (isMadeOf(pieces, (piece) => text.title.includes(piece.text))) return 28;
    const matches = (piece) => contains(text, piece.text) !== null || hasAny(text, piece.others);
    return isMadeOf(pieces, matches) ? 20 : null;
  }

  // A word of the path, or a piece of the title, differs only by a typing error.
  function isNear(index, text, word) {
    const length = Array.from(word.text).length;
    if (isAscii(word.text)) {
      if (length < 4) return false;
      const near = (other) => distance(other, word.text) <= (length < 8 ? 1 : 2);
      word.near ||= others(index.synonyms, near);
      return text.path.split(/[^a-z0-9]/).some(near) || hasAny(text, word.near);
    }
    if (length < 3) return false;
    const title = Array.from(text.title);
    for (let at = 0; at + length <= title.length; at++) {
      if (distance(title.slice(at, at + length).join(""), word.text) <= 1) return true;
    }
    return false;
  }

  function points(index, text, word) {
    if (text.title === word.text) return 80;
    const found = contains(text, word.text), means = hasAny(text, word.others);
    if (found !== null) return means ? found + 10 : found;
    if (means) return 25;
    const pieces = word.pieces === null ? null : piecePoints(text, word.pieces);
    if (pieces !== null) return pieces;
    if (index.fillers.includes(word.text)) return FILLER;
    return isNear(index, text, word) ? SLIP : null;
  }

  function rank(index, operation, words) {
    let sum = 10 * operation.bonus, slip = false;
    for (const word of words) {
      const found = points(index, operation.text, word);
      if (found === null) return null;
      slip = slip || found === SLIP;
      sum += found;
    }
    const isNamed = operation.standing === OVERSEAS && words.some(({ text }) => index.overseas.some((it) => text.includes(it)));
    return [isNamed ? 0 : operation.standing, -sum, Array.from(operation.text.title).length, operation.text.path.length, slip];
  }

  function compare(one, other) {
    for (let at = 0; at < 4; at++) if (one[at] !== other[at]) return one[at] - other[at];
    return 0;
  }

  function search(index, operations, query) {
    const words = query.split(/\s+/).filter((word) => word !== "").map((word) => {
      const text = plain(word).replace(/^\/+/, "");
      const same = others(index.synonyms, (people) => people === text || `${people}s` === text);
      const isWhole = isAscii(text) || same.length > 0 || Array.from(text).length > MOST_PIECED;
      // A word with synonyms is one word: 企业微信 is not 企业 and 微信.
      return { text, others: same, pieces: isWhole ? null : piecesOf(index, text) };
    });
    let found = [];
    for (const operation of operations) {
      const place = rank(index, operation, words);
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
