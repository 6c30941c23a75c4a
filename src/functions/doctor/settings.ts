/** Settings of a node that functions and tables depend on. */
import type { NodeInfo, Reply } from '../../cluster/types.js';
import type { Answer } from './answer.js';
import type { Finding } from './types.js';

/** What was learned of a node's settings. */
export interface Settings {
  readonly values: ReadonlyMap<string, string>;
  /** True where something is missing because this user may not ask for it. */
  readonly forbidden: boolean;
}

export const CONFIG = ['CONFIG', 'GET', 'busy-reply-threshold', 'cluster-node-timeout', 'maxmemory-policy'];
export const MEMORY = ['INFO', 'memory'];

/** Below it, an ordinary call of some milliseconds would be answered to others with BUSY. */
const LEAST_BUSY_MS = 100;
const LEAST_NODE_TIMEOUT_MS = 1000;
const NEARLY_FULL = 0.9;

export function readSettings(config: Answer, memory: Answer): Settings {
  const flat = Array.isArray(config.reply) ? (config.reply as readonly Reply[]).map(String) : [];
  const settings = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) settings.set(String(flat[i]), String(flat[i + 1]));
  const text = memory.kind === 'reply' ? String(memory.reply) : '';
  for (const [, name, value] of text.matchAll(/^(used_memory|maxmemory|maxmemory_policy):(\S+)/gm))
    settings.set(String(name).replace('maxmemory_policy', 'maxmemory-policy'), String(value));
  return { values: settings, forbidden: config.kind === 'forbidden' || memory.kind === 'forbidden' };
}

type Judgement = Pick<Finding, 'verdict' | 'value' | 'hint' | 'level'>;

export function judgeSettings({ address }: NodeInfo, settings: Settings, isCluster: boolean): Finding[] {
  const find = (check: string, name: string, rules: string, judge: (value: string) => Judgement): Finding => {
    const found = { check, node: address };
    const value = settings.values.get(name);
    if (value !== undefined) return { ...found, ...judge(value) };
    if (!settings.forbidden) return { ...found, verdict: 'unknown', value: 'this server does not tell' };
    return { ...found, verdict: 'unknown', value: 'this user may not ask', rules };
  };
  return [
    find('busy-reply-threshold', 'busy-reply-threshold', '+config|get', (ms) => judgeBusy(ms, settings, isCluster)),
    ...(isCluster ? [find('cluster-node-timeout', 'cluster-node-timeout', '+config|get', judgeNodeTimeout)] : []),
    find('maxmemory-policy', 'maxmemory-policy', '+info', judgePolicy),
    find('memory', 'used_memory', '+info', (used) =>
      judgeMemory(Number(used), Number(settings.values.get('maxmemory'))),
    ),
  ];
}

function judgeBusy(value: string, settings: Settings, isCluster: boolean): Judgement {
  const shown = `${value} ms`;
  const ms = Number(value);
  const nodeTimeout = Number(settings.values.get('cluster-node-timeout'));
  if (ms > 0 && ms < LEAST_BUSY_MS)
    return { verdict: 'warning', value: shown, hint: 'others get BUSY while a call of some milliseconds runs' };
  if (isCluster && (ms <= 0 || ms >= nodeTimeout)) {
    const hint = `a function that hangs makes its shard fail over (after ${nodeTimeout} ms) before anybody can kill it`;
    return { verdict: 'warning', value: shown, hint };
  }
  return { verdict: 'ok', value: shown };
}

function judgeNodeTimeout(value: string): Judgement {
  const shown = `${value} ms`;
  if (Number(value) >= LEAST_NODE_TIMEOUT_MS) return { verdict: 'ok', value: shown };
  return { verdict: 'warning', value: shown, hint: 'a call that lasts so long makes its shard fail over' };
}

/** Tables have no time to live, so what evicts only keys that have one does them no harm. */
function judgePolicy(value: string): Judgement {
  if (!value.startsWith('allkeys-')) return { verdict: 'ok', value };
  return {
    verdict: 'warning',
    value,
    hint: 'a full server throws away parts of tables: CONFIG SET maxmemory-policy noeviction',
  };
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

function judgeMemory(used: number, limit: number): Judgement {
  if (!(limit > 0)) return { verdict: 'ok', value: `${mebibytes(used)} used, no limit`, level: used };
  const level = used / limit;
  const value = `${mebibytes(used)} of ${mebibytes(limit)} used (${(100 * level).toFixed(0)} %)`;
  const hint = 'free memory, raise maxmemory or add shards';
  if (level >= 1) return { verdict: 'failed', value, hint, level };
  return level >= NEARLY_FULL ? { verdict: 'warning', value, hint, level } : { verdict: 'ok', value, level };
}
