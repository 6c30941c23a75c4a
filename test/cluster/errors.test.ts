import { ErrorReply } from 'redis';
import { errorFromReply, verdictOf } from '../../src/cluster/errors.js';
import { ShardfoldError } from '../../src/errors.js';

const place = { shard: '10.0.0.1:7000', slot: 12 };
const reply = (text: string) => new ErrorReply(text);
const socketError = (code: string) => Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });

it.each([
  ['MOVED 12 10.0.0.2:7000', 'moved', 'MOVED', true],
  ['ASK 12 10.0.0.2:7000', 'ask', 'ASK', false],
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'retry', 'TRYAGAIN', false],
  ['CLUSTERDOWN The cluster is down', 'retry', 'CLUSTERDOWN', true],
  ['ERR Error running script: write while the cluster is down', 'retry', 'CLUSTERDOWN', true],
  ['LOADING Redis is loading the dataset in memory', 'retry', 'LOADING', false],
  ['MASTERDOWN Link with MASTER is down', 'retry', 'MASTERDOWN', true],
  ["READONLY You can't write against a read only replica.", 'retry', 'READONLY', true],
  ['BUSY Redis is busy running a script.', 'retry', 'BUSY', false],
  ['NOREPLICAS Not enough good replicas to write.', 'retry-briefly', 'NOREPLICAS', false],
  ['UNBLOCKED force unblock from blocking operation', 'unknown', 'UNBLOCKED', true],
  ['BUSYKEY Target key name already exists.', 'fail', '', false],
  ['ERR Function not found', 'fail', '', false],
  ['OOM command not allowed', 'fail', '', false],
  // A function said so, that has run.
  ['BUSY account is busy script: pay_1, on @user_function:9.', 'fail', '', false],
  ['MOVED on script: pay_1, on @user_function:9.', 'fail', '', false],
  ["READONLY You can't write against a read only replica. script: 9e2, on @user_script:1.", 'retry', 'READONLY', true],
])('"%s" means: %s', (text, action, cause, refresh) => {
  expect(verdictOf(reply(text))).toEqual({ action, cause, refresh });
});

it('calls a lost connection of unknown outcome', () => {
  for (const code of ['ECONNRESET', 'EPIPE']) {
    expect(verdictOf(socketError(code))).toEqual({ action: 'unknown', cause: 'CONNECTION_LOST', refresh: true });
  }
  expect(verdictOf(new Error('Socket closed unexpectedly')).action).toBe('unknown');
  expect(verdictOf(new TypeError('"arguments[1]" must be of type "string | Buffer"')).action).toBe('fail');
  expect(verdictOf(new ShardfoldError('TIMEOUT', 'x')).action).toBe('fail');
});

it.each([
  ['NOPERM this user has no permissions to run the get command', 'NO_PERMISSION', /ACL/],
  [
    "ERR The user executing the script can't run this command or subcommand script: 4cc4, on @user_script:14.",
    'NO_PERMISSION',
    /--acl/,
  ],
  [
    "ERR ACL failure in script: User x has no permissions to run the 'getrange' command script: 4cc4, on @user_script:14.",
    'NO_PERMISSION',
    /--acl/,
  ],
  ['NOAUTH Authentication required.', 'AUTH_FAILED', /SHARDFOLD_PASSWORD/],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'AUTH_FAILED', /password/],
  ['ERR AUTH <password> called without any password configured', 'AUTH_FAILED', /password/],
  ['CLUSTERDOWN Hash slot not served', 'CLUSTER_DOWN', /CLUSTER INFO/],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'SERVER_REFUSES_WRITES', /maxmemory/],
  ['MISCONF Redis is configured to save RDB snapshots', 'SERVER_REFUSES_WRITES', /log/],
  ['NOREPLICAS Not enough good replicas to write.', 'SERVER_REFUSES_WRITES', /replicas/],
  ['NOSCRIPT No matching script.', 'FUNCTION_MISSING', /text/],
  ['ERR Function not found', 'FUNCTION_MISSING', /shardfold deploy/],
  ["ERR unknown command 'FCALL', with args beginning with: 'x'", 'SERVER_TOO_OLD', /7\.0/],
  ["CROSSSLOT Keys in request don't hash to the same slot", 'SERVER_ERROR', /hash tag/],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'SERVER_ERROR', undefined],
  ['ERR user_function:3: attempt to index a nil value script: f, on @user_function:3.', 'KERNEL_FAILED', undefined],
  ['ERR user_script:1: attempt to index a nil value script: 9e2, on @user_script:1.', 'KERNEL_FAILED', undefined],
  ['DATA_LOSS chunk 7 is gone script: sum_1, on @user_function:9.', 'DATA_LOSS', undefined],
  ['ERR Function not found script: f, on @user_function:9.', 'KERNEL_FAILED', undefined],
  // Valkey's words; the place is called @user_function, too.
  ['ERR Unknown command called from script script: f, on @user_function:9.', 'KERNEL_FAILED', undefined],
  ['toString is no code of ours', 'SERVER_ERROR', undefined],
])('"%s" becomes %s', (text, code, hint) => {
  const error = errorFromReply(reply(text), place);
  expect(error).toMatchObject({ code, ...place, cause: expect.objectContaining({ message: text }) });
  expect(error.message).toMatch(/\(on 10\.0\.0\.1:7000, slot 12\)$/);
  if (hint) expect(error.hint).toMatch(hint);
  else expect(error.hint).toBeUndefined();
});

it('strips what the server adds to our own codes', () => {
  const error = errorFromReply(reply('DATA_LOSS chunk 7 is gone script: sum_1, on @user_function:9.'), {
    kernel: 'sum',
  });
  expect(error.message).toBe('chunk 7 is gone (in sum)');
});

it('leaves our own errors as they are', () => {
  const ours = new ShardfoldError('TIMEOUT', 'x');
  expect(errorFromReply(ours, place)).toBe(ours);
});
