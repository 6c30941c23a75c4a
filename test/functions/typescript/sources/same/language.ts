import { bytes, defineFunction, t } from 'shardfold/functions';
import * as shapes from './shapes.js';
import { counter, raise, Size } from './state.js';

const flags = ['no-writes'] as const;

export const switches = defineFunction(
  { name: 'switches', flags, args: { small: t.integer, word: t.string }, returns: t.array(t.string) },
  (_keys, { small, word }) => {
    const out: string[] = [];
    // biome-ignore lint: falling through and odd orders are what is tested
    switch (small) {
      // @ts-ignore
      case 0:
        out.push('zero');
      // @ts-ignore
      default:
        out.push('default');
      case 1:
        out.push('one');
        break;
      case 2: {
        if (word === 'a') break;
        out.push('two');
        break;
      }
      // @ts-ignore
      case 3:
        if (word !== '') out.push('three');
      case 4:
        out.push('four');
    }
    const pick = (n: number): string => {
      switch (n) {
        case 1:
          return 'one';
        case 2:
          if (word === '') return 'two and empty';
          break;
        case 3:
        case 4:
          throw new Error(`no ${n}`);
        default:
          return 'other';
      }
      return 'behind';
    };
    try {
      out.push(pick(small));
    } catch (error) {
      out.push(error instanceof Error ? error.message : '');
    }
    for (let i = 0; i < 3; i++) {
      switch (i) {
        case small:
          out.push('same');
          break;
        case 1:
          switch (word) {
            case 'b':
              out.push('inner b');
              break;
            default:
              out.push('inner');
          }
          out.push('behind inner');
          break;
      }
      if (i === 2) continue;
      out.push(`turn ${i}`);
    }
    return out;
  },
);

export const assignments = defineFunction(
  {
    name: 'assignments',
    flags,
    args: { a: t.number, b: t.number, list: t.array(t.number) },
    returns: t.array(t.number),
  },
  (_keys, { a, b, list }) => {
    let x = a;
    let y = b;
    [x, y] = [y, x];
    const object = { p: x, q: { r: y, s: [1, 2, 3] } };
    ({
      p: x,
      q: { r: y },
    } = { p: object.q.r, q: { r: object.p } });
    const {
      p,
      q: {
        r,
        s: [first = 0, ...rest],
      },
    } = object;
    object.p += 1;
    object.q.r -= 2;
    object.q.s[1]! *= 5;
    object['p'] *= 2;
    let i = 0;
    const next = () => i++;
    const values = [10, 20, 30];
    values[next()]! += next();
    const chain = (x = y = 7);
    const z = (i += 2) * 2;
    const [head, , third = -1] = [...list, 1, 2, 3];
    const swap = [3, 1, 2];
    [swap[0], swap[2]] = [swap[2]!, swap[0]!];
    let maybe: number | undefined;
    maybe ??= z;
    let flag = a > b;
    flag &&= b > 0;
    flag ||= a === 0;
    return [
      x,
      y,
      p,
      r,
      first,
      ...rest,
      object.p,
      object.q.r,
      ...object.q.s,
      ...values,
      chain,
      z,
      i,
      head ?? 0,
      third,
      ...swap,
      maybe,
      flag ? 1 : 0,
    ];
  },
);

export const parameters = defineFunction(
  { name: 'parameters', flags, args: { n: t.number, text: t.nullable(t.string) }, returns: t.array(t.string) },
  (_keys, { n, text }) => {
    const greet = (name = 'nobody', times = 1, ...others: string[]): string => `${name}${times}${others.join('')}`;
    const named = ({ a, b = 2, ...rest }: { a: number; b?: number; c?: number; d?: string }): string =>
      `${a}${b}${rest.c ?? '-'}${rest.d ?? '-'}`;
    const first = <T>(list: readonly T[]): T | undefined => list[0];
    const later = hoisted(n);
    function hoisted(x: number): string {
      return x > 0 ? 'positive' : helper();
    }
    function helper(): string {
      return 'not';
    }
    const call = (work?: (x: number) => string) => work?.(n) ?? 'no work';
    const optional: { run?: (x: number) => string; deep?: { run?: () => string } } =
      n > 1 ? { run: (x) => `ran ${x}` } : {};
    return [
      greet(),
      greet(undefined, 2),
      greet('ann', 3, 'x', 'y'),
      greet(...(['bob', 4] as const)),
      named({ a: 1 }),
      named({ a: 1, b: 3, c: 4, d: 'e' }),
      first(['one', 'two']) ?? '',
      `${first<number>([]) ?? 'none'}`,
      later,
      call(),
      call((x) => `worked ${x}`),
      optional.run?.(n) ?? 'no run',
      optional.deep?.run?.() ?? 'no deep',
      text?.concat('!') ?? 'no text',
      `${text?.split(',').length ?? -1}`,
      text === null ? 'null' : bytes.length(text) > 3 ? 'long' : 'short',
    ];
  },
);

export const modules = defineFunction(
  { name: 'modules', flags, args: { n: t.integer }, returns: t.array(t.string) },
  (_keys, { n }) => {
    counter.reset();
    const start = counter.value;
    counter.add(2);
    counter.add();
    const square = new shapes.Square(n);
    const size: Size = n > 3 ? Size.Large : Size.Small;
    const sizes: Record<Size, string> = { [Size.Small]: 'little', [Size.Large]: 'much' };
    return [
      `${start} ${counter.value}`,
      square.describe(),
      shapes.classify(n),
      size,
      sizes[size],
      `${square instanceof shapes.Shape}`,
      shapes.Shape.of('x').describe(),
    ];
  },
);

export const deep = defineFunction(
  { name: 'deep', flags, args: { n: t.number, list: t.array(t.number) }, returns: t.array(t.string) },
  (_keys, { n, list }) => {
    const out: string[] = [];
    const attempt = (): number => {
      for (const x of list) {
        try {
          if (x === 0) return -1;
          for (const y of list) {
            if (y === x) break;
            if (y < 0) continue;
            out.push(`${y}`);
          }
          raise(x, n);
        } catch (error) {
          if (error instanceof RangeError) {
            out.push(error.message);
            if (x > 10) return x;
          } else if (error instanceof Error) {
            out.push(`other ${error.message}`);
          }
        } finally {
          out.push('f');
        }
      }
      return list.length;
    };
    out.push(`${attempt()}`);
    const sum = list.length > 0 ? list.reduce((a, b) => (b > a ? b : a)) : n > 0 ? 1 : 2;
    out.push(`${sum}`);
    while (out.length < 3) out.push('fill');
    const table: Record<string, { count: number; names: string[] }> = {};
    for (const x of list.slice(0, 4)) {
      const key = x < 0 ? 'negative' : 'other';
      const entry = (table[key] ??= { count: 0, names: [] });
      entry.count += 1;
      entry.names.push(String(x));
    }
    for (const key of Object.keys(table).sort(bytes.compare)) {
      const entry = table[key];
      if (entry) out.push(`${key} ${entry.count} ${entry.names.join('+')}`);
    }
    const isEven = (x: number): boolean => (x === 0 ? true : isOdd(x - 1));
    const isOdd = (x: number): boolean => (x === 0 ? false : isEven(x - 1));
    out.push(`${isEven(10)} ${isOdd(7)}`);
    return out;
  },
);

export const order = defineFunction(
  { name: 'order', flags, args: { a: t.number, list: t.array(t.number) }, returns: t.array(t.number) },
  (_keys, { a, list }) => {
    let count = a;
    const next = (step = 1): number => {
      count += step;
      return count;
    };
    const out = [count + next(), count - next(), count * next(), count < next() ? 1 : 0, count === next() ? 1 : 0];
    count += next();
    out.push(count, next(), count);
    let target = [0, 0, 0];
    let key = 'x';
    let named: Record<string, number> = {};
    const change = (): number => {
      target = [9, 9, 9];
      key = 'y';
      named = { z: 1 };
      return 5;
    };
    const before = target;
    const names = named;
    target[0] = change();
    named[key] = change();
    key = 'w';
    names[key] = change();
    out.push(...before, ...target, names.x ?? -1, names.y ?? -1, names.w ?? -1, named.z ?? -1);
    const grow = (): number => list.push(list.length);
    list.push(grow());
    const length = list.push(grow());
    out.push(length, list.push(grow(), grow()), ...list, list.length);
    const lists = [...[...list, list.pop() ?? 0, list.length], ...list, list.push(1), ...list];
    const state = { n: 1, m: 2 };
    const bump = (): number => {
      state.n += 1;
      return state.n;
    };
    const copies = [
      { ...state, m: bump() },
      { ...state, m: bump() > 2 ? bump() : 0 },
      { k: bump(), ...state },
    ];
    out.push(...lists, ...copies.flatMap(({ n, m }) => [n, m]));
    return [...out, count, next() - count, count % next(2), `${count}${next()}` === '' ? 1 : 2];
  },
);

export const truths = defineFunction(
  {
    name: 'truths',
    flags,
    args: { a: t.boolean, b: t.nullable(t.boolean), list: t.nullable(t.array(t.boolean)) },
    returns: t.array(t.boolean),
  },
  (_keys, { a, b, list }) => {
    const either = a || b;
    const both = a && b;
    const chosen = a ? b : false;
    const found = list?.find((one) => !one);
    const fallback = b ?? a;
    const first = list?.[0];
    return [
      either === true,
      both === true,
      both == null,
      chosen == null,
      found === false,
      found === undefined,
      fallback,
      !list,
      !!b,
      (list ?? []).length > 0,
      (list ?? [a]).every((one) => one),
      first === undefined,
      first ?? a,
      a !== b,
      a === true || b === false,
      !(a && (b || !list)),
      ...(list ?? []).toReversed(),
      ...(list ?? []).slice(1).concat([false]),
    ];
  },
);
