// Chromium on the page, and what must hold of every page of it.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { info } from './merchant.mjs';

const WIDTHS = [1200, 375];

export async function launch() {
  const launched = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    // It opens the sandbox's pages and nothing else; as root and in containers it has no sandbox of its own.
    args: ['--no-sandbox'],
  });
  return launched;
}

export class Visitor {
  static async in(browser, language) {
    const context = await browser.newContext({
      // The other one, so that the language has to be chosen.
      locale: language === 'en' ? 'zh-CN' : 'en-US',
      viewport: { width: WIDTHS[0], height: 860 },
    });
    const visitor = new Visitor();
    visitor.language = language;
    visitor.complaints = [];
    visitor.shown = 0;
    visitor.page = await context.newPage();
    visitor.page.setDefaultTimeout(15_000);
    visitor.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) visitor.complaints.push(message.text());
    });
    visitor.page.on('pageerror', (error) => visitor.complaints.push(error.message));
    visitor.page.on('requestfailed', (request) => {
      // A page that is left while it loads again.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') visitor.complaints.push(`failed: ${request.url()}`);
    });
    return visitor;
  }

  // One of the two texts.
  say(english, chinese) { return this.language === 'en' ? english : chinese; }

  async open(path = '') {
    await this.page.goto(new URL(`_sandbox/${path}`, info.base_url).href);
    await this.looksRight();
  }

  // By the link in the header.
  async go(english, chinese) {
    await this.page.getByRole('navigation').getByRole('link', { name: this.say(english, chinese), exact: true }).click();
    await this.looksRight();
  }

  async click(locator) {
    await locator.click();
    await this.looksRight();
  }

  button(english, chinese, inside = this.page) {
    return inside.getByRole('button', { name: this.say(english, chinese), exact: true });
  }

  // The row of a table that has a text.
  row(text) { return this.page.getByRole('row').filter({ hasText: text }).first(); }

  async sees(text, inside = this.page.locator('main')) {
    const found = await inside.innerText();
    assert.ok(found.includes(text), `${this.page.url()} does not show ${JSON.stringify(text)}:\n${found}`);
  }

  async seesNot(text, inside = this.page.locator('main')) {
    const found = await inside.innerText();
    assert.ok(!found.includes(text), `${this.page.url()} shows ${JSON.stringify(text)}:\n${found}`);
  }

  // What holds of every page: nobody complains, it is in its language, and nothing sticks out on either side.
  async looksRight() {
    await this.page.waitForLoadState('load');
    assert.deepEqual(this.complaints, [], `${this.page.url()}`);
    assert.equal(await this.page.locator('script:not([src="/_sandbox/live.js"])').count(), 0, 'the page has a script');
    for (const width of WIDTHS) {
      await this.page.setViewportSize({ width, height: 860 });
      const { wide, by } = await this.page.evaluate(overflow);
      assert.ok(wide <= width, `${this.page.url()} is ${wide} px wide on ${width} px: ${by.join('; ')}`);
    }
    await this.page.setViewportSize({ width: WIDTHS[0], height: 860 });
  }

  // Pictures of a page, on a desk and on a telephone.
  async picture(name) {
    for (const width of WIDTHS) {
      await this.page.setViewportSize({ width, height: 860 });
      const path = `${process.env.SCREENSHOTS}/${name}-${this.language}-${width}.png`;
      await this.page.screenshot({ path, fullPage: true });
    }
    await this.page.setViewportSize({ width: WIDTHS[0], height: 860 });
  }
}

// Runs in the page: how wide it is, and what sticks out.
function overflow() {
  const wide = document.documentElement.scrollWidth;
  const out = [...document.querySelectorAll('main *, header *')].filter((it) => {
    const scrolled = it.parentElement.closest('.scroll, pre');
    return !scrolled && it.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
  });
  const name = (it) => `${it.tagName.toLowerCase()} ${it.textContent.slice(0, 40)}`;
  return { wide, by: out.slice(0, 3).map(name) };
}
