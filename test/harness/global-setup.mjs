// Starts the broker of the shared clusters. It costs nothing until a test asks for one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundle, scratchFolder } from './bundle.mjs';
import { sourcesKey } from './sources.mjs';

export default async function setup() {
  process.env.SHARDFOLD_TEST_SCRATCH = scratchFolder();
  // Once a run: its processes inherit it.
  process.env.SHARDFOLD_TEST_SOURCES = sourcesKey();
  const file = await bundle('test/harness/broker.ts', 'broker');
  const broker = spawn(process.execPath, ['--enable-source-maps', file], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The terminal's Ctrl-C is for jest; the broker ends after it, with its input.
    detached: true,
  });
  const [port] = await Promise.race([
    once(broker.stdout, 'data'),
    once(broker, 'exit').then(([code]) => Promise.reject(new Error(`the test broker ended with code ${code}`))),
  ]);
  process.env.SHARDFOLD_TEST_BROKER = String(port).trim();
  globalThis.shardfoldTestBroker = broker;
}
