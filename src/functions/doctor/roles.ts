/**
 * The least that each role needs, command by command. What is called inside of a function counts as the caller's own, so the
 * commands of Shardfold's functions are among them; those of a project's own functions are to be added by whoever knows them.
 * test/functions/doctor/roles.test.ts and key-roles.test.ts prove that each is enough, and that none can be left out.
 */
import { ShardfoldError } from '../../errors.js';
import { recordKey } from '../release/record.js';
import type { RoleName } from './types.js';

export interface Role {
  readonly name: RoleName;
  readonly purpose: string;
  /** `~` for keys that it reads and writes, `%R~` for those that it reads; none where it has no business with data. */
  readonly access: '~' | '%R~' | undefined;
  /** Whether its keys are those that somebody names, and no table's. */
  readonly namedKeys?: true;
  readonly commands: readonly string[];
}

/** Beside what Shardfold itself needs: of functions of one's own. */
export interface OwnFunctions {
  readonly keys?: readonly string[];
  readonly commands?: readonly string[];
}

/** All keys of tables; not the record of releases, from which deployers load code. */
export const tableKeys = (prefix: string): string => `${prefix}:{*}:*`;

/** Finding the shards, also while slots move, and asking replicas. */
const CONNECTED = ['cluster|shards', 'readonly'];
const IN_MOVING_SLOTS = ['asking'];

/**
 * EVALSHA_RO runs the kernels of queries, EVAL_RO sends them first, FCALL_RO calls the functions that only read. Their clock is TIME on 7.0,
 * and INFO on 7.2 (see lua/core/clock.lua).
 */
const QUERIES = [
  'evalsha_ro',
  'eval_ro',
  'fcall_ro',
  'get',
  'getrange',
  'mget',
  'strlen',
  'hget',
  'hmget',
  'hgetall',
  'time',
  'info',
];

export const ROLES: readonly Role[] = [
  {
    name: 'deployer',
    purpose: 'deploys functions and keeps the record of releases; reads no data',
    access: undefined,
    commands: [
      ...CONNECTED,
      ...IN_MOVING_SLOTS,
      ...['function|list', 'function|load', 'function|delete', 'fcall_ro', 'wait', 'client|list'],
      ...['eval', 'time', 'hget', 'hmget', 'hkeys', 'hgetall', 'hset', 'hdel'],
    ],
  },
  {
    name: 'writer',
    purpose: 'writes tables and vectors, calls functions and runs queries',
    access: '~',
    commands: [
      ...CONNECTED,
      ...IN_MOVING_SLOTS,
      ...QUERIES,
      ...[
        'fcall',
        'set',
        'hset',
        'hsetnx',
        'hdel',
        'hexists',
        'hkeys',
        'exists',
        'setrange',
        'unlink',
        'wait',
        'client|setname',
      ],
    ],
  },
  {
    name: 'reader',
    purpose: 'runs queries and calls functions that only read',
    access: '%R~',
    commands: [...CONNECTED, ...IN_MOVING_SLOTS, ...QUERIES, 'client|setname'],
  },
];

/** Walking slots, and what every key has; fields of hashes, and strings. */
const WALKING = [
  'cluster|shards',
  ...['evalsha_ro', 'eval_ro', 'time', 'scan', 'info'],
  ...['cluster|nodes', 'cluster|info', 'cluster|getkeysinslot', 'cluster|countkeysinslot', 'cluster|keyslot'],
  ...['type', 'exists', 'ttl', 'memory|usage', 'hmget', 'getrange'],
];

/** Of who works on keys that lie in Redis and are no tables. Which these are is for somebody to say. */
export const KEY_ROLES: readonly Role[] = [
  {
    name: 'key-writer',
    purpose: 'updates hashes, deletes keys and lets them expire',
    access: '~',
    namedKeys: true,
    commands: [
      ...WALKING,
      ...['evalsha', 'eval', 'hset', 'hdel', 'hlen', 'unlink', 'pexpireat', 'pttl'],
      'client|setname',
    ],
  },
  {
    name: 'key-reader',
    purpose: 'runs queries over keys of every type',
    access: '%R~',
    namedKeys: true,
    commands: [
      ...IN_MOVING_SLOTS,
      ...WALKING,
      ...['strlen', 'get', 'zcard', 'zrange', 'zcount', 'zrank', 'zscore', 'llen', 'lrange', 'lindex'],
      ...['scard', 'smembers', 'sscan', 'sismember', 'smismember', 'sintercard'],
      'client|setname',
    ],
  },
];

export const userOf = ({ name }: Role): string => `shardfold_${name.replace('-', '_')}`;

/** @throws INVALID_ARGUMENT for what would be another rule than it seems */
export function keysOf({ name, access, namedKeys }: Role, prefix: string, { keys = [] }: OwnFunctions = {}): string[] {
  refuse(PREFIX, [prefix], 'prefix', 'letters, digits and _ . : -');
  refuse(/^[^\s>~%]+$/, keys, 'key pattern', 'without white space, such as board:*');
  if (access === undefined) return [`~${recordKey}`];
  if (namedKeys && keys.length === 0) {
    throw new ShardfoldError('INVALID_ARGUMENT', `no keys are named for a ${name}`, {
      hint: "name them: --key-patterns 'order:*'",
    });
  }
  return [...(namedKeys ? [] : [tableKeys(prefix)]), ...keys].map((one) => `${access}${one}`);
}

export function commandsOf({ access, commands }: Role, own: OwnFunctions = {}): string[] {
  refuse(/^[a-z][a-z0-9.|-]*$/i, own.commands ?? [], 'command', 'such as zadd, or cluster|nodes');
  const added = access === undefined ? [] : (own.commands ?? []).map((name) => name.toLowerCase());
  return [...new Set([...commands, ...added])];
}

const PREFIX = /^[A-Za-z0-9_.:-]+$/;

function refuse(pattern: RegExp, texts: readonly string[], what: string, hint: string): void {
  const wrong = texts.find((text) => !pattern.test(text));
  if (wrong !== undefined)
    throw new ShardfoldError('INVALID_ARGUMENT', `not a ${what}: ${JSON.stringify(wrong)}`, { hint });
}

/** A line for each node, which makes the user anew; the password is left to fill in. What is not named is forbidden. */
export function aclLine(role: Role, prefix: string, own: OwnFunctions = {}): string {
  const rules = [...keysOf(role, prefix, own), '-@all', ...commandsOf(role, own).map((name) => `+${name}`)];
  return `ACL SETUSER ${userOf(role)} reset on >${role.name.toUpperCase().replace('-', '_')}_PASSWORD ${rules.join(' ')}`;
}
