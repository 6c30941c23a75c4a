import { once } from 'node:events';

// The broker stops the shared clusters and removes the bundles; its input ends also where jest is killed.
export default async function teardown() {
  const broker = globalThis.shardfoldTestBroker;
  const ended = once(broker, 'exit');
  broker.stdin.end();
  await ended;
}
