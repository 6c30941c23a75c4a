import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { answerFile } from './answers.js';

const SCRIPT = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1', () => socket.end(process.argv[2] + '\\n'));
socket.pipe(process.stdout);
`;

/**
 * Asks the broker that jest's globalSetup started, and waits in place: what it hands out is needed by plain functions,
 * which tests may call anywhere.
 */
export function askBroker(question: string): string {
  const { SHARDFOLD_TEST_BROKER: port, SHARDFOLD_TEST_SCRATCH: scratch } = process.env;
  if (port === undefined || scratch === undefined)
    throw new Error('no test broker: the tests run by jest, which starts it in its globalSetup');
  const known = answerFile(scratch, question);
  if (existsSync(known)) return readFileSync(known, 'utf8');
  const reply = execFileSync(process.execPath, ['-e', SCRIPT, port, question], { encoding: 'utf8' });
  if (reply.startsWith('ok ')) return reply.slice(3);
  throw new Error(`the test broker says: ${reply}`);
}
