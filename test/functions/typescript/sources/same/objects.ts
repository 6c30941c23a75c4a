import { bytes, defineFunction, t } from 'shardfold/functions';

const flags = ['no-writes'] as const;
const point = t.record({ x: t.number, y: t.nullable(t.number) });

export const records = defineFunction(
  { name: 'records', flags, args: { p: point, q: t.nullable(point) }, returns: t.array(point) },
  (_keys, { p, q }) => {
    const { x, y } = p;
    const { x: renamed, ...others } = p;
    const copy = { ...p, x: x + 1 };
    const swapped = { x: y ?? 0, y: x };
    const key = 'x';
    const computed = { [key]: 1, y: null };
    const changed = { ...p };
    changed.y = null;
    changed.x += renamed;
    delete (others as { y?: number | null }).y;
    return [copy, swapped, computed, changed, { x: q?.x ?? -1, y: q?.y ?? null }, { ...p }, q ?? p];
  },
);

export const maps = defineFunction(
  { name: 'maps', flags, args: { m: t.map(t.number), key: t.string, n: t.number }, returns: t.map(t.number) },
  (_keys, { m, key, n }) => {
    const out: Record<string, number> = { ...m, fixed: n };
    out[key] = (out[key] ?? 0) + 1;
    for (const name of Object.keys(m).sort(bytes.compare)) {
      out[`${name}!`] = (m[name] ?? 0) * 2;
    }
    delete out.fixed;
    return out;
  },
);

export const names = defineFunction(
  { name: 'names', flags, args: { m: t.map(t.array(t.number)) }, returns: t.array(t.string) },
  (_keys, { m }) => Object.keys(m).toSorted(bytes.compare),
);

export const collections = defineFunction(
  {
    name: 'collections',
    flags,
    args: { list: t.array(t.number), words: t.array(t.string) },
    returns: t.array(t.string),
  },
  (_keys, { list, words }) => {
    const found: string[] = [];
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) found.push(`${word}=${count}`);
    counts.forEach((count, word) => {
      found.push(`${count} of ${word}`);
    });
    const distinct = new Set(list);
    found.push([...distinct].join(), `${distinct.size} ${counts.size}`);
    for (const x of [...distinct]) if (x > 0) distinct.delete(x);
    distinct.add(0);
    distinct.add(-0);
    found.push([...distinct.values()].map((x) => 1 / x).join());
    const flagsSeen = new Set<boolean>([false, true, false]);
    for (const one of flagsSeen) found.push(`${one}`);
    const byNumber = new Map(list.map((x, i) => [x, i] as const));
    found.push(`${byNumber.get(Number.NaN) ?? 'none'} ${byNumber.has(0)} ${byNumber.has(-0)}`);
    for (const key of counts.keys()) {
      if (bytes.length(key) < 12) counts.set(`${key}+`, 1);
      counts.delete(key);
    }
    found.push([...counts.keys()].join('|'), [...byNumber.values()].join('|'));
    counts.clear();
    counts.set('again', 1);
    found.push([...counts.entries()].map(([key, value]) => `${key}${value}`).join());
    const grown = new Map<number, boolean>([[0, false]]);
    for (const [key] of grown) if (key < 3) grown.set(key + 1, true);
    found.push(`${grown.size} ${grown.get(0) ?? 'none'} ${grown.get(9) ?? 'none'}`, `${[...new Map(grown)].length}`);
    return found;
  },
);
