// What tests of writes share: keys of a test's own, a link that is cut off now and then, and what the keys hold.
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import type { KeySource } from '../../../src/plan/keys/source.js';
import { hashesSource } from '../../../src/query/keys.js';
import { HashesQuery, KeysQuery } from '../../../src/query/keys-query.js';
import type { HashSchema } from '../../../src/query/keys-types.js';
import { uniquePrefix } from '../../harness/cluster.js';

type Fields = Readonly<Record<string, string>>;

export class Keys {
  readonly link: ClusterLink;

  constructor(link: ClusterLink) {
    this.link = link;
  }

  send(name: string, key: string, ...args: readonly (string | number)[]): Promise<Reply> {
    const command = [name, key, ...args.map(String)];
    return this.link.call({ key, command, readOnly: false, idempotent: true }, this.link.context());
  }

  async set(key: string, fields: Fields): Promise<void> {
    await this.send('HSET', key, ...Object.entries(fields).flat());
  }

  async setAll(hashes: ReadonlyMap<string, Fields>): Promise<void> {
    await Promise.all([...hashes].map(([key, fields]) => this.set(key, fields)));
  }

  /** The fields of a hash; none where there is no such key. */
  async get(key: string): Promise<Record<string, string>> {
    const flat = (await this.send('HGETALL', key)) as readonly Buffer[];
    return Object.fromEntries(flat.flatMap((each, i) => (i % 2 === 0 ? [[String(each), String(flat[i + 1])]] : [])));
  }

  async getAll(keys: Iterable<string>): Promise<Map<string, Record<string, string>>> {
    const list = [...keys];
    const found = await Promise.all(list.map((key) => this.get(key)));
    return new Map(list.map((key, i) => [key, found[i] as Record<string, string>]));
  }

  /** All that a server would say of keys, as text to be compared. */
  async dump(keys: Iterable<string>): Promise<string[]> {
    return Promise.all(
      [...keys].map(async (key) => {
        const [bytes, expires] = await Promise.all([this.send('DUMP', key), this.send('PEXPIRETIME', key)]);
        return `${key} ${expires} ${bytes === null ? 'none' : (bytes as Buffer).toString('hex')}`;
      }),
    );
  }
}

export type AnyHashes = HashesQuery<Record<string, unknown>>;
export type AnyKeys = KeysQuery<Record<string, unknown>>;

export const hashesOn = (link: ClusterLink, pattern: string, schema: HashSchema, strict = false): AnyHashes =>
  new HashesQuery(link, { kind: 'keys', source: hashesSource(pattern, schema, { strict }) });
export const keysOn = (link: ClusterLink, source: KeySource): AnyKeys => new KeysQuery(link, { kind: 'keys', source });

/** A beginning of keys that no other test has; of keys in one slot, which are quickly gone through. */
export const prefix = (): string => `${uniquePrefix()}:`;
export const inOneSlot = (): string => `{${uniquePrefix()}}:`;

/** The error that something ends with. */
export async function failure(work: Promise<unknown>): Promise<ShardfoldError> {
  const error = await work.then(
    () => undefined,
    (raised: unknown) => raised,
  );
  if (!(error instanceof ShardfoldError)) throw new Error(`no error of ours: ${error}`);
  return error;
}

/** What becomes of the n-th call of a script: it passes, never arrives, or its reply is lost (and then asked again, or the end of the job). */
export type Fate = 'pass' | 'never' | 'lost' | 'cut';

/** A link on which scripts have such fates. */
export function fateful(link: ClusterLink, fateOf: (call: number) => Fate): ClusterLink {
  let calls = 0;
  const cut = (): ShardfoldError => new ShardfoldError('CONNECTION_FAILED', 'cut off by the test');
  const tryNode: ClusterLink['tryNode'] = async (id, command, context) => {
    const isScript = String(command[0]).startsWith('EVAL');
    const fate = isScript ? fateOf(calls++) : 'pass';
    if (fate === 'never') throw cut();
    const tried = await link.tryNode(id, command, context);
    if (fate === 'cut') throw cut();
    return fate === 'lost' && 'reply' in tried ? { cause: 'CONNECTION_LOST', error: cut() } : tried;
  };
  return new Proxy(link, {
    get: (target, name) => {
      if (name === 'tryNode') return tryNode;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
