import { createHash } from 'node:crypto';
import type { Argument, ClusterLink, NodeInfo, Reply } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import type { BuiltLibrary, BuiltProject } from '../../../src/functions/built.js';
import { bundleLibrary, type SourceFunction } from '../../../src/functions/bundle.js';
import { type FunctionSpec, t } from '../../../src/functions/define/index.js';
import { readAllLibraries } from '../../../src/functions/inspect.js';
import { currentRelease, recordKey } from '../../../src/functions/release/record.js';
import { stableHash } from '../../../src/functions/release/status.js';
import { runtimeModule } from '../../../src/functions/runtime.js';

const specs = {
  version: { name: 'version', flags: ['no-writes'], keys: { at: t.string }, args: {}, returns: t.string },
  double: { name: 'double', flags: ['no-writes'], keys: {}, args: { x: t.number }, returns: t.number },
} as const satisfies Record<string, FunctionSpec>;

export interface ShopOptions {
  readonly project?: string;
  /** Changes the library `board` alone. */
  readonly board?: string;
  /** Without the library `tools` where null. */
  readonly tools?: string | null;
}

/** A project of two libraries that differs by version; `version(at)` says which one it is. */
export function shop(version: string, { project = 'shop', tools = '2', board = '' }: ShopOptions = {}): BuiltProject {
  const texts: Record<string, string> = {
    'board.version': `${board}\nreturn function(keys) return "${version}" end`,
    'tools.double': `return function(keys, args) return args.x * ${tools} end`,
  };
  const load = (name: string) => {
    const text = texts[name];
    return text === undefined ? runtimeModule(name) : { file: `functions/${name.replace('.', '/')}.lua`, text };
  };
  const source = (spec: FunctionSpec, module: string): SourceFunction => ({
    name: spec.name,
    flags: spec.flags,
    module,
    spec,
    file: `functions/${module.replace('.', '/')}.lua`,
    line: 1,
  });
  const parts: [string, SourceFunction][] = [['board', source(specs.version, 'board.version')]];
  if (tools !== null) parts.push(['tools', source(specs.double, 'tools.double')]);
  const libraries = parts.map(([name, one]): BuiltLibrary => {
    const bundle = bundleLibrary({ library: name, functions: [one], load });
    return { ...bundle, project, source: name, specs: { [one.name]: one.spec as FunctionSpec } };
  });
  const functions = parts.map(([, one]) => one);
  const alias = bundleLibrary({ library: project, functions, load, stable: true });
  const hash = createHash('sha256')
    .update([...libraries, alias].map((one) => one.hash).join())
    .digest('hex');
  return { project, libraries, alias, hash: hash.slice(0, 12) };
}

/** A project that has nothing but stable names: functions of one answer. */
export function stableOnly(project: string, names: readonly string[], answer = '1'): BuiltProject {
  const functions = names.map((name) => ({ name, flags: [], module: 'm', file: 'm.lua', line: 1 }));
  const load = () => ({ file: 'm.lua', text: `return function() return ${answer} end` });
  const alias = bundleLibrary({ library: project, functions, load, stable: true });
  return { project, libraries: [], alias, hash: alias.hash };
}

export const primariesOf = (link: ClusterLink): NodeInfo[] =>
  link.nodes().filter(({ role, down, slots }) => role === 'primary' && (!down || slots.length > 0));

export const onNode = (link: ClusterLink, { id }: NodeInfo, ...command: Argument[]): Promise<Reply> =>
  link.callNode(id, command, link.context(), true);

/** What each shard holds, by address: `board_<hash>`, … and `shop=<hash>` for stable names. */
export async function holdings(link: ClusterLink): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const node of primariesOf(link)) {
    const held = await readAllLibraries(link, node, link.context());
    all[node.address] = held.map(({ name, code }) => {
      const hash = stableHash(String(code));
      return hash ? `${name}=${hash}` : name;
    });
  }
  return all;
}

/** What the shards hold where they hold the release that the record says is current, else a text that says how they differ. */
export async function agreement(link: ClusterLink, project = 'shop'): Promise<string | number> {
  const release = await currentRelease(link, project, link.context());
  const wanted = [...(release?.libraries ?? []).map(({ name }) => name)];
  if (release?.alias) wanted.push(`${project}=${release.alias.hash}`);
  const held = await holdings(link);
  for (const [address, names] of Object.entries(held)) {
    const lacking = wanted.filter((name) => !names.includes(name));
    const alias = names.find((name) => name.startsWith(`${project}=`));
    if (lacking.length > 0)
      return `${address} lacks ${lacking.join()} of release ${release?.number}, it holds ${names.join()}`;
    if (!release?.alias && alias) return `${address} holds ${alias}, and there is no release`;
  }
  return release?.number ?? 0;
}

/** Does the work as soon as the lease of whoever holds it has run out; a holder that is not stalled yet may renew it. */
export async function overtake<T>(link: ClusterLink, work: () => Promise<T>): Promise<T> {
  const text = `local text = redis.call('HGET', KEYS[1], 'lease:shop')
    if text then redis.call('HSET', KEYS[1], 'lease:shop', (text:gsub('"expires":%d+', '"expires":1'))) end`;
  const command = ['EVAL', text, '1', recordKey];
  for (;;) {
    await link.call({ key: recordKey, command, readOnly: false, idempotent: true }, link.context());
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ShardfoldError) || error.code !== 'DEPLOY_IN_PROGRESS') throw error;
    }
  }
}

/** As on a new cluster. */
export async function wipe(link: ClusterLink): Promise<void> {
  for (const node of primariesOf(link)) {
    await onNode(link, node, 'FUNCTION', 'FLUSH');
    await onNode(link, node, 'FLUSHALL');
  }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
