// What the scenarios of every Node client share: the sandbox, a receiver of notifications, and the report.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [ready, results, catalogue] = process.argv.slice(2);

/** The sandbox's `--json` line. */
export const info = JSON.parse(readFileSync(ready, 'utf8'));
export const base = info.base_url.replace(/\/$/, '');
export const appid = 'wx8888888888888888';
export const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
export const require = createRequire(import.meta.url);
const run = Date.now().toString(36);
let count = 0;

/** A number that no other scenario uses. */
export const number = (kind) => `${kind}${run}N${(count += 1)}`;

/** The day in Beijing, as bills name it. */
export const day = (ago) => new Date(Date.now() + (8 - ago * 24) * 3600 * 1000).toISOString().slice(0, 10);

/** Thrown when a client itself does not do what WeChat Pay documents. The scenario does not count as passed. */
export class ClientFault extends Error {
  /** `en` and `zh` say what is wrong, `source` where it is in the published package. */
  constructor(en, zh, source) {
    super(en);
    Object.assign(this, { zh, source });
  }
}

/** Calls the sandbox's control API, which no client of WeChat Pay has. */
export async function control(path, body) {
  const response = await fetch(new URL(`_sandbox/api/${path}`, info.base_url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  assert.equal(response.status, 200, `${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

/** Runs `scenario` while certificates sign, as a client without the public key needs it. */
export async function certificateMode(scenario) {
  await control('certificates/mode', { mode: 'certificate' });
  try {
    return await scenario();
  } finally {
    await control('certificates/mode', { mode: 'public_key' });
  }
}

/** The URL of a receiver. The falsifying proxy (falsify.py) forwards notifications to its port. */
const notifyUrl = (port) => (info.forward ? `${info.forward}${port}/notify` : `http://127.0.0.1:${port}/notify`);

/** How many messages the falsifying proxy has falsified, if there is one. */
const falsified = async () => (info.forward ? (await fetch(`${info.base_url}_falsified`)).json() : 0);

/** Waits for one notification, and acknowledges it. */
export async function receiver(acknowledgement = '') {
  let deliver;
  const delivered = new Promise((resolve) => { deliver = resolve; });
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      response.writeHead(acknowledgement ? 200 : 204).end(acknowledgement);
      deliver({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: notifyUrl(server.address().port),
    next: async () => {
      const timeout = new Promise((_, reject) => { setTimeout(reject, 20_000, new Error('no notification came')).unref(); });
      try { return await Promise.race([delivered, timeout]); } finally { server.closeAllConnections(); server.close(); }
    },
  };
}

/** Runs the scenarios of one client one after the other, reports each, and ends the process. */
export async function report(client, version, scenarios) {
  const titles = JSON.parse(readFileSync(catalogue, 'utf8'));
  const file = `${results}/${client}.jsonl`;
  writeFileSync(file, '');
  const counts = { passed: 0, client: 0, failed: 0 };
  for (const [scenario, body] of Object.entries(scenarios)) {
    assert.ok(titles[scenario], `${scenario} is not in scenarios.json`);
    const before = await falsified();
    const outcome = await outcomeOf(body);
    outcome.line.falsified = (await falsified()) - before;
    counts[outcome.result] += 1;
    appendFileSync(file, `${JSON.stringify({ client, registry: 'npm', version, scenario, ...outcome.line })}\n`);
    console.log(`${outcome.shown}  ${client}: ${titles[scenario][0]}${outcome.detail}`);
  }
  console.log(`${client} ${version}: ${counts.passed} passed, ${counts.client} at the client's fault, ${counts.failed} failed`);
  process.exit(counts.failed ? 1 : 0);
}

async function outcomeOf(body) {
  try {
    await body();
    return { result: 'passed', line: { result: 'passed' }, shown: 'ok    ', detail: '' };
  } catch (error) {
    if (error instanceof ClientFault) {
      const { message: en, zh, source } = error;
      return { result: 'client', line: { result: 'client', en, zh, source }, shown: 'client', detail: `\n        ${en} (${source})` };
    }
    const answer = JSON.stringify(error.response?.data) ?? '';
    return { result: 'failed', line: { result: 'failed' }, shown: 'FAIL  ', detail: `\n${error.stack}\n${answer}` };
  }
}

/** The version of an installed package. */
export function versionOf(name) {
  const path = fileURLToPath(new URL(`node_modules/${name}/package.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')).version;
}
