#!/usr/bin/env node
// Runs the program of this machine's architecture.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

function program() {
  const name = `wechatpay-cli-${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${name}/bin/wechatpay`);
  } catch {
    console.error(
      `wechatpay: the package ${name} is not installed. Install wechatpay-cli again without --omit=optional; ` +
        'there are programs for Linux with glibc 2.31 or newer, on x64 and arm64.',
    );
    process.exit(1);
  }
}

const child = spawn(program(), process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to both processes.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('error', (err) => {
  console.error(`wechatpay: ${err.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
