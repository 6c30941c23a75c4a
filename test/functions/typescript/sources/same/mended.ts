import { defineFunction, t } from 'shardfold/functions';

const flags = ['no-writes'] as const;

const enum Level {
  Low = 1,
  High = 7,
}

enum Side {
  Left = 'left',
  Right = 'right',
}

/** Lists that change while they are looked through. */
export const shrinking = defineFunction(
  {
    name: 'shrinking',
    flags,
    args: { list: t.array(t.number), small: t.integer },
    returns: t.array(t.array(t.number)),
  },
  (_keys, { list, small }) => {
    const gone = (values: number[]): boolean => {
      if (values.length > small) values.pop();
      return true;
    };
    const copies = [1, 2, 3, 4, 5, 6].map(() => [...list]);
    const [each = [], every = [], filtered = [], reduced = [], flat = [], right = []] = copies;
    const seen: number[] = [];
    // biome-ignore lint/complexity/noForEach: it is what is tested
    each.forEach((one) => {
      gone(each);
      seen.push(one);
    });
    return [
      seen,
      [every.every(() => gone(every)) ? 1 : 0, every.some(() => !gone(every)) ? 1 : 0],
      filtered.filter(() => gone(filtered)),
      [reduced.reduce((sum, one) => sum + (gone(reduced) ? one : 0), 0)],
      flat.flatMap((one) => (gone(flat) ? [one, one] : [])),
      [right.reduceRight((sum, one) => sum + (gone(right) ? one : 0), 0)],
    ];
  },
);

export const made = defineFunction(
  { name: 'made', flags, args: { small: t.integer, list: t.array(t.number) }, returns: t.array(t.string) },
  (_keys, { small, list }) => {
    enum Step {
      First,
      Second = 5,
    }
    const tokens = [`${7}`, `${Level.Low}`, `${Level.High}${1}`, `${Step.Second}`];
    return [
      Array.from({ length: small }, (_, i) => `${i * 2}`).join(),
      Array.from({ length: 2.7 }, () => 'x').join(),
      Array.from(list, (one, i) => `${one}:${i}`).join(),
      Array.from(new Set(list)).join(),
      `${tokens.includes('1')} ${tokens.includes('7')} ${typeof `${7}`} ${tokens.join()}`,
      small > 2 ? Side.Left : Side.Right,
    ];
  },
);

/** Methods that TypeScriptToLua has not, and texts that are known only when it runs. */
export const added = defineFunction(
  {
    name: 'added',
    flags,
    args: { list: t.array(t.integer), word: t.string, by: t.string, small: t.integer, map: t.map(t.number) },
    returns: t.array(t.string),
  },
  (_keys, { list, word, by, small, map }) => {
    const low = list.map((one) => one % 3);
    const text = `a${word}b${word}c`;
    const part = word === '' ? 'a' : word;
    const products: string[] = [];
    for (let i = 0; i < 3; i++) {
      products.push(
        low.map((one) => one * i).join(),
        `${low.filter((one) => low.some((two) => two === one + i)).length}`,
      );
    }
    const dollars = ['$&', '$$', '$`', "$'", '$1', '$', '$$$', 'a$&b$', by];
    return [
      `${low.findLast((one) => one < small) ?? 'none'} ${low.findLastIndex((one) => one < small)} ${low.lastIndexOf(small)}`,
      `${Object.keys(map).length}`,
      text.split(part).join('|'),
      text.replace(word, by),
      ...products,
      ...dollars.map((one) => `${text.replace(part, one)} ${text.replaceAll(part, one)}`),
    ];
  },
);
