/**
 * What this user may do on each node, found out by commands that change nothing: ACL DRYRUN is for administrators. A server
 * looks at the ACL before it looks at anything else, so any other error than NOPERM means that the command is allowed.
 */
import { tagForSlot } from '../../cluster/slots.js';
import type { ClusterLink, NodeInfo } from '../../cluster/types.js';
import type { Answer } from './answer.js';
import { tableKeys } from './roles.js';
import type { Finding, RoleName } from './types.js';

export interface Right {
  readonly check: string;
  /** Without them, what only somebody who names no role is told. */
  readonly roles: readonly RoleName[];
  readonly rules: string;
  /** Of the keys that it touches. */
  readonly keys?: string;
  /** Undefined where nothing can be asked of this node. */
  command(node: NodeInfo, link: ClusterLink): readonly string[] | undefined;
  /** What the server says where the command is allowed and, as it is meant to, does nothing. */
  readonly harmless?: RegExp;
  /** Where it is not allowed: why it matters. */
  readonly hint?: string;
}

const NOBODY = 'shardfold_doctor_none';
/** Lua that does not compile. */
const BROKEN = `#!lua name=${NOBODY}\nlocal`;
/** A replica, which may be promoted any time, says so after it has looked at the ACL. */
const ELSEWHERE = /^(MOVED|READONLY|CLUSTERDOWN)\b|cannot be used with replica/;
const CROSS_SLOT = `#!lua flags=no-writes,allow-cross-slot-keys
redis.call('GET', ARGV[1])
redis.call('GET', ARGV[2])
return 1`;
const ENUMERATE = `return #redis.call('CLUSTER', 'GETKEYSINSLOT', ARGV[1], 1)`;
const NO_ROLE: readonly RoleName[] = [];
const QUERYING: readonly RoleName[] = ['writer', 'reader', 'key-writer', 'key-reader'];

/** Keys of this node in different slots, which nobody uses. */
function keysOf({ slots }: NodeInfo, prefix: string, count: number): string[] | undefined {
  const owned = slots.flatMap(([from, to]) => (from === to ? [from] : [from, to])).slice(0, count);
  return owned.length < count ? undefined : owned.map((slot) => `${prefix}:{${tagForSlot(slot)}}:doctor`);
}

const always = (...command: string[]) => ({ command: () => command });

/** A replica is asked for any key, and sends elsewhere. */
const forKey = (make: (key: string) => string[]) => ({
  command: (node: NodeInfo, { prefix }: ClusterLink) => {
    const key = node.role === 'replica' ? `${prefix}:{doctor}:doctor` : keysOf(node, prefix, 1)?.[0];
    return key === undefined ? undefined : make(key);
  },
});

export const rightsOf = (prefix: string): readonly Right[] => [
  {
    check: 'FUNCTION LIST',
    roles: ['deployer'],
    rules: '+function|list',
    ...always('FUNCTION', 'LIST', 'LIBRARYNAME', NOBODY),
  },
  {
    check: 'FUNCTION LOAD',
    roles: ['deployer'],
    rules: '+function|load',
    ...always('FUNCTION', 'LOAD', BROKEN),
    harmless: /Error compiling/i,
  },
  {
    check: 'FUNCTION DELETE',
    roles: ['deployer'],
    rules: '+function|delete',
    ...always('FUNCTION', 'DELETE', NOBODY),
    harmless: /Library not found/i,
  },
  {
    check: 'EVAL',
    roles: ['deployer', 'key-writer'],
    rules: '+eval',
    ...always('EVAL', 'return 1', '0'),
    hint: 'records releases, writes keys',
  },
  { check: 'FCALL', roles: ['writer'], rules: '+fcall', ...always('FCALL', NOBODY, '0'), harmless: /not found/ },
  {
    check: 'FCALL_RO',
    roles: ['deployer', 'writer', 'reader'],
    rules: '+fcall_ro',
    ...always('FCALL_RO', NOBODY, '0'),
    harmless: /not found/,
  },
  { check: 'EVAL_RO', roles: QUERYING, rules: '+eval_ro', ...always('EVAL_RO', 'return 1', '0') },
  {
    check: 'EVALSHA_RO',
    roles: QUERYING,
    rules: '+evalsha_ro',
    ...always('EVALSHA_RO', '0'.repeat(40), '0'),
    harmless: /^NOSCRIPT/,
  },
  { check: 'WAIT', roles: ['deployer', 'writer'], rules: '+wait', ...always('WAIT', '0', '0') },
  {
    check: `read ${tableKeys(prefix)}`,
    roles: ['writer', 'reader'],
    rules: '+get',
    keys: `%R~${tableKeys(prefix)}`,
    ...forKey((key) => ['GET', key]),
  },
  {
    check: `read parts of ${tableKeys(prefix)}`,
    roles: ['writer', 'reader'],
    rules: '+getrange',
    keys: `%R~${tableKeys(prefix)}`,
    ...forKey((key) => ['GETRANGE', key, '0', '0']),
    hint: 'queries read slices of columns',
  },
  {
    check: `write ${tableKeys(prefix)}`,
    roles: ['writer'],
    rules: '+set',
    keys: `~${tableKeys(prefix)}`,
    // The key is not there, so XX sets nothing.
    ...forKey((key) => ['SET', key, '', 'XX']),
  },
  {
    check: 'allow-cross-slot-keys',
    roles: NO_ROLE,
    rules: '+eval_ro +get',
    keys: `%R~${tableKeys(prefix)}`,
    command: (node, link) => {
      const keys = node.role === 'primary' ? keysOf(node, link.prefix, 2) : undefined;
      return keys && ['EVAL_RO', CROSS_SLOT, '0', ...keys];
    },
    hint: 'only functions of your own that touch undeclared keys need it',
  },
  {
    check: 'GETKEYSINSLOT',
    roles: ['key-writer', 'key-reader'],
    rules: '+eval_ro +cluster|getkeysinslot',
    command: ({ role, slots }, { isCluster }) => {
      const slot = slots[0]?.[0];
      return isCluster && role === 'primary' && slot !== undefined
        ? ['EVAL_RO', ENUMERATE, '0', String(slot)]
        : undefined;
    },
    hint: 'queries over keys that are no tables need it, and functions of your own that walk the keys of a shard',
  },
];

export function judgeRight(right: Right, { address }: NodeInfo, { kind, text }: Answer): Finding {
  const { check, hint, harmless } = right;
  const found = { check, node: address };
  if (kind === 'reply' || (kind === 'error' && (harmless?.test(text) || ELSEWHERE.test(text))))
    return { ...found, verdict: 'ok', value: 'allowed' };
  const why = hint === undefined ? {} : { hint };
  if (kind === 'forbidden') return { ...found, verdict: 'failed', ...refusal(right, text), ...why };
  if (kind === 'missing') return { ...found, verdict: 'failed', value: 'this server does not have it', ...why };
  return { ...found, verdict: 'failed', value: text, ...why };
}

const KEYS = /access (a key|(at least )?one of the keys)/i;

/** The server looks at the command first, so of the keys it may have more to say later. A pattern beside `~*` would be an error. */
export function refusal(
  { rules, keys }: Pick<Right, 'rules' | 'keys'>,
  text: string,
): Pick<Finding, 'value' | 'rules'> {
  if (keys !== undefined && KEYS.test(text)) return { value: 'not allowed: the keys', rules: keys };
  return { value: 'not allowed', rules };
}
