import { bytes, defineFunction, t } from 'shardfold/functions';

const flags = ['no-writes'] as const;

export const methods = defineFunction(
  { name: 'methods', flags, args: { list: t.array(t.number), n: t.number }, returns: t.array(t.array(t.number)) },
  (_keys, { list, n }) => [
    list.map((x) => x * 2),
    list.map((_x, i) => i),
    list.filter((x) => x > n),
    list.filter((_x, i) => i % 2 === 0),
    list.slice(1),
    list.slice(-2),
    list.slice(1, -1),
    list.slice(n, 3),
    list.concat([1, 2], list),
    [...list, n, ...list],
    [n, ...list],
    list.toReversed(),
    [list.indexOf(n), list.indexOf(n, 1), list.indexOf(n, -1)],
    [list.findIndex((x) => x === n), list.find((x) => x > 0) ?? -1],
    [list.at(0) ?? -1, list.at(-1) ?? -1, list.at(n) ?? -1, list[0] ?? -1, list[list.length - 1] ?? -1],
    [list.reduce((sum, x) => sum + x, 0), list.reduceRight((last, x, i) => last * i - x, 1)],
    list.flatMap((x) => [x, x + 1]),
    [list, [n], []].flat(),
    [...list.entries()].map(([i, x]) => i + x),
    Array.from(list, (x, i) => x + i),
    [list.length],
  ],
);

export const asking = defineFunction(
  {
    name: 'asking',
    flags,
    args: { list: t.array(t.number), words: t.array(t.string), n: t.number },
    returns: t.array(t.boolean),
  },
  (_keys, { list, words, n }) => [
    list.includes(n),
    list.includes(n, 1),
    list.some((x) => x > n),
    list.every((x) => x > n),
    words.includes('a'),
    words.indexOf('b') === 1,
    [true, false].includes(false),
    [false, true].indexOf(true) === 1,
    [false].length === 1,
    [false, true, false].filter((one) => !one).length === 2,
  ],
);

export const changing = defineFunction(
  {
    name: 'changing',
    flags,
    args: { list: t.array(t.number), from: t.integer, count: t.integer, n: t.number },
    returns: t.array(t.array(t.number)),
  },
  (_keys, { list, from, count, n }) => {
    const copies = Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], () => [...list]);
    const [a = [], b = [], c = [], d = [], e = [], f = [], g = [], h = []] = copies;
    const lengths = [a.push(n), b.push(n, n), c.push(...list), d.unshift(n, 0)];
    const popped = [a.pop() ?? -1, b.shift() ?? -1];
    const removed = e.splice(from, count, n, n, n);
    const rest = f.splice(from);
    g.reverse();
    h.fill(n, from, count);
    const grown = [...list];
    grown[grown.length] = n;
    if (grown.length > 1) {
      grown[0] = n;
      grown[1]! += 1;
      [grown[0], grown[1]] = [grown[1]!, grown[0]!];
    }
    return [a, b, c, d, e, f, g, h, lengths, popped, removed, rest, grown, list.toSpliced(from, count, n), list];
  },
);

export const sorting = defineFunction(
  {
    name: 'sorting',
    flags,
    args: { rows: t.array(t.record({ rank: t.integer, name: t.string })), list: t.array(t.number) },
    returns: t.array(t.string),
  },
  (_keys, { rows, list }) => {
    const stable = [...rows].sort((a, b) => a.rank - b.rank).map(({ name }) => name);
    const backwards = rows.toSorted((a, b) => b.rank - a.rank).map(({ rank, name }) => `${rank}${name}`);
    const byName = rows.toSorted((a, b) => {
      const order = bytes.compare(a.name, b.name);
      return order === 0 ? a.rank - b.rank : order;
    });
    const numbers = list.filter((x) => !Number.isNaN(x)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return [...stable, ...backwards, ...byName.map((one) => one.name), ...numbers.map((x) => `${x}`)];
  },
);

export const nested = defineFunction(
  {
    name: 'nested',
    flags,
    args: { lists: t.array(t.array(t.number)) },
    returns: t.record({ lists: t.array(t.array(t.number)), flags: t.array(t.boolean), sum: t.number }),
  },
  (_keys, { lists }) => {
    let sum = 0;
    for (const list of lists) for (const x of list) sum += x;
    const [first = [], ...others] = lists;
    const [x = 0, y = x, ...rest] = first;
    return {
      lists: [[], first, ...others, [x, y], rest, lists.flat(), lists.map((list) => list.length)],
      flags: lists.map((list) => list.length > 0),
      sum,
    };
  },
);

export const holes = defineFunction(
  { name: 'holes', flags, args: { list: t.array(t.number), at: t.integer }, returns: t.array(t.number) },
  (_keys, { list, at }) => {
    if (at >= 0 && at <= list.length) list[at] = 1;
    return list;
  },
);

export const reduced = defineFunction(
  { name: 'reduced', flags, args: { list: t.array(t.number) }, returns: t.number },
  (_keys, { list }) => list.reduce((a, b) => a + b),
);

export const replacedAt = defineFunction(
  { name: 'replacedAt', flags, args: { list: t.array(t.number), at: t.integer }, returns: t.array(t.number) },
  (_keys, { list, at }) => list.with(at, 7),
);
