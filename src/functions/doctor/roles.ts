/**
 * The least that each role needs, command by command. What is called inside of a function counts as the caller's own, so the
 * commands of Shardfold's functions are among them; those of a project's own functions are to be added by whoever knows them.
 * test/functions/doctor-roles.test.ts proves that each is enough, and that none can be left out.
 */
import type { RoleName } from './types.js';

export interface Role {
  readonly name: RoleName;
  readonly purpose: string;
  /** Key patterns, for a prefix. */
  keys(prefix: string): string;
  readonly commands: readonly string[];
}

/** Finding the shards, also while slots move, and asking replicas. */
const CONNECTED = ['cluster|shards', 'readonly'];
const IN_MOVING_SLOTS = ['asking'];

/** EVALSHA_RO runs the kernels of queries, EVAL_RO sends them first, FCALL_RO calls the functions that only read. */
const QUERIES = ['evalsha_ro', 'eval_ro', 'fcall_ro', 'get', 'mget', 'hget', 'hmget', 'hgetall', 'time'];

export const ROLES: readonly Role[] = [
  {
    name: 'deployer',
    purpose: 'deploys functions and keeps the record of releases; reads no data',
    keys: (prefix) => `~${prefix}:{functions}`,
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
    keys: (prefix) => `~${prefix}:*`,
    commands: [
      ...CONNECTED,
      ...IN_MOVING_SLOTS,
      ...QUERIES,
      ...['fcall', 'set', 'hset', 'hsetnx', 'hdel', 'hexists', 'hkeys', 'exists', 'unlink', 'wait', 'client|setname'],
    ],
  },
  {
    name: 'reader',
    purpose: 'runs queries and calls functions that only read',
    keys: (prefix) => `%R~${prefix}:*`,
    commands: [...CONNECTED, ...IN_MOVING_SLOTS, ...QUERIES, 'client|setname'],
  },
];

/** The user's rules without name and password: what is not named is forbidden. */
export function rulesOf(role: Role, prefix: string): string {
  return ['resetkeys', 'resetchannels', role.keys(prefix), '-@all', ...role.commands.map((name) => `+${name}`)].join(
    ' ',
  );
}

export const userOf = ({ name }: Role): string => `shardfold_${name}`;

/** A line for each node; the password is left to fill in. */
export const aclLine = (role: Role, prefix: string): string =>
  `ACL SETUSER ${userOf(role)} reset on >${role.name.toUpperCase()}_PASSWORD ${rulesOf(role, prefix)}`;
