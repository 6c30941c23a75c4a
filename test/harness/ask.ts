import { execFileSync } from 'node:child_process';

const SCRIPT = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1', () => socket.end(process.argv[2] + '\\n'));
socket.pipe(process.stdout);
`;

/**
 * Asks the broker that jest's globalSetup started, and waits in place: what it hands out is needed by plain functions,
 * which tests may call anywhere.
 */
export function askBroker(question: string): string {
  const port = process.env.SHARDFOLD_TEST_BROKER;
  if (port === undefined) throw new Error('no test broker: the tests run by jest, which starts it in its globalSetup');
  const reply = execFileSync(process.execPath, ['-e', SCRIPT, port, question], { encoding: 'utf8' });
  if (reply.startsWith('ok ')) return reply.slice(3);
  throw new Error(`the test broker says: ${reply}`);
}
