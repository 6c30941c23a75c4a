import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { scratchFolder } from './bundle.mjs';

export default async function teardown() {
  const broker = globalThis.shardfoldTestBroker;
  const ended = once(broker, 'exit');
  broker.stdin.end();
  await ended;
  await rm(scratchFolder(), { recursive: true, force: true });
}
