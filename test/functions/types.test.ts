/** The types of typed callers. Most of it is never run: what is to be seen is what `tsc` refuses. */
import { type Bytes, bytes, defineFunction, nodeRedisFunctions, t } from '../../src/functions/define/index.js';
import type { Shardfold } from '../../src/index.js';
import { usersLibrary } from './users.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

const player = t.record({ name: t.string, note: t.nullable(t.string), blob: t.bytes });

const addScore = defineFunction(
  {
    name: 'addScore',
    keys: { board: t.string },
    args: { player: t.string, score: t.number, tags: t.array(t.string), note: t.nullable(t.string) },
    returns: t.record({ rank: t.integer, best: t.nullable(t.number), blob: t.bytes, by: t.map(t.array(player)) }),
  },
  (keys, args) => {
    same<typeof keys, { readonly board: string }>(true);
    same<typeof args.note, string | null>(true);
    same<typeof args.tags, string[]>(true);
    return { rank: args.tags.length, best: args.score, blob: bytes.fromText(keys.board), by: {} };
  },
);

const count = defineFunction({ name: 'count', flags: ['no-writes'], returns: t.integer }, (keys, args) => {
  // @ts-expect-error there are no keys
  void keys.board;
  // @ts-expect-error there are no arguments
  void args.player;
  return 1;
});

const touch = defineFunction(
  { name: 'touch', keys: { first: t.bytes, others: t.array(t.string) }, args: { blob: t.bytes } },
  (keys, args) => {
    same<typeof keys.others, string[]>(true);
    same<typeof args.blob, Bytes>(true);
  },
);

const specs = { addScore, count, touch } as const;
const library = () => usersLibrary(specs, { addScore: '', count: '', touch: '' });

/** Never called. */
async function compiles(sf: Shardfold): Promise<void> {
  const fns = sf.functions(library());
  const board = 'b:{eu}';
  const added = await fns.addScore({ board }, { player: 'ann', score: 3.5, tags: ['a'] });
  same<typeof added.rank, number>(true);
  same<typeof added.best, number | null>(true);
  same<typeof added.blob, Buffer>(true);
  same<(typeof added.by)[string], { name: string; note: string | null; blob: Buffer }[]>(true);
  await fns.addScore({ board }, { player: 'ann', score: 1, tags: [] as readonly string[], note: null }, { timeout: 5 });
  same<Awaited<ReturnType<typeof fns.touch>>, null>(true);
  await fns.touch({ first: Buffer.from('a'), others: [] }, { blob: new Uint8Array(1) });
  same<Awaited<ReturnType<typeof fns.count>>, number>(true);
  await fns.count();
  await fns.count({}, {}, { signal: new AbortController().signal });

  // @ts-expect-error a wrong name of a function
  await fns.addScores({ board }, { player: 'ann', score: 1, tags: [] });
  // @ts-expect-error a wrong name of a key
  await fns.addScore({ bord: board }, { player: 'ann', score: 1, tags: [] });
  // @ts-expect-error a wrong type of a key
  await fns.addScore({ board: 1 }, { player: 'ann', score: 1, tags: [] });
  // @ts-expect-error a wrong name of an argument
  await fns.addScore({ board }, { plaier: 'ann', score: 1, tags: [] });
  // @ts-expect-error one name too many
  await fns.addScore({ board }, { player: 'ann', score: 1, tags: [], more: 1 });
  // @ts-expect-error a wrong type of an argument
  await fns.addScore({ board }, { player: 'ann', score: '1', tags: [] });
  // @ts-expect-error a wrong type of an element
  await fns.addScore({ board }, { player: 'ann', score: 1, tags: [1] });
  // @ts-expect-error a missing argument
  await fns.addScore({ board }, { player: 'ann', score: 1 });
  // @ts-expect-error null for what is not nullable
  await fns.addScore({ board }, { player: null, score: 1, tags: [] });
  // @ts-expect-error no arguments where some are wanted
  await fns.addScore({ board });
  // @ts-expect-error no keys where some are wanted
  await fns.addScore();
  // @ts-expect-error text where bytes are wanted
  await fns.touch({ first: Buffer.from('a'), others: [] }, { blob: 'text' });
  // @ts-expect-error keys where there are none
  await fns.count({ board });
  // @ts-expect-error an unknown option
  await fns.count({}, {}, { timeOut: 1 });
  // @ts-expect-error a result of another type
  const wrong: string = await fns.count();
  void wrong;

  const counts = await sf.mapShards(fns.count);
  same<(typeof counts)[number]['value'], number | undefined>(true);
  // @ts-expect-error arguments where there are none
  await sf.mapShards(fns.count, { x: 1 });
  // @ts-expect-error a function with keys has one shard
  await sf.mapShards(fns.addScore, { player: 'ann', score: 1, tags: [] });

  const bound = nodeRedisFunctions(library());
  same<ReturnType<typeof bound.count.transformReply>, number>(true);

  // What defineFunction refuses.
  // @ts-expect-error the body returns another type
  defineFunction({ name: 'a', returns: t.string }, () => 1);
  // @ts-expect-error the body wants another key
  defineFunction({ name: 'a', keys: { board: t.string } }, (keys) => void keys.bord);
  // @ts-expect-error no type
  defineFunction({ name: 'a', args: { x: 'string' } }, () => undefined);
  // @ts-expect-error an unknown flag
  defineFunction({ name: 'a', flags: ['no-write'] }, () => undefined);
  // @ts-expect-error a number is no key
  defineFunction({ name: 'a', keys: { n: t.number } }, () => undefined);
  // @ts-expect-error text is not bytes
  defineFunction({ name: 'a', returns: t.bytes }, () => 'text');
  defineFunction({ name: 'a', returns: t.bytes }, () => Buffer.from('text'));
  defineFunction({ name: 'a', returns: t.record({ n: t.nullable(t.number) }) }, () => ({}));
  defineFunction({ name: 'a' }, () => 'whatever: it is dropped');
}

it('a definition holds its complete spec, and its body runs as it is', () => {
  expect(count).toMatchObject({ name: 'count', flags: ['no-writes'], keys: {}, args: {}, returns: t.integer });
  expect(touch.returns).toEqual(t.null);
  const result = addScore.body({ board: 'ü' }, { player: 'ann', score: 2, tags: ['x'], note: null });
  expect(result).toEqual({ rank: 1, best: 2, blob: Buffer.from('ü'), by: {} });
  expect(compiles).toBeInstanceOf(Function);
});
