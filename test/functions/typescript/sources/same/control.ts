import { defineFunction, t } from 'shardfold/functions';
import { Account, classify, countTo, InsufficientFunds, Shape, Square } from './shapes.js';

const flags = ['no-writes'] as const;

export const loops = defineFunction(
  { name: 'loops', flags, args: { list: t.array(t.number), n: t.integer }, returns: t.array(t.number) },
  (_keys, { list, n }) => {
    const out: number[] = [];
    for (let i = 0; i < list.length; i++) {
      const x = list[i] ?? 0;
      if (x < 0) continue;
      if (x > 1000) break;
      for (let j = 0; j < 3; j++) {
        if (j === 1) continue;
        out.push(x + j);
      }
    }
    let k = 0;
    while (true) {
      k++;
      if (k % 2 === 0) continue;
      if (k > 7) break;
      out.push(k);
    }
    do {
      k--;
      if (k === 4) continue;
      out.push(-k);
    } while (k > 2);
    for (const x of list) {
      if (Number.isNaN(x)) continue;
      switch (x) {
        case 0:
          out.push(100);
          break;
        default:
          out.push(200);
      }
      out.push(300);
    }
    for (let a = 0, b = 10; a < b; a += 2, b--) out.push(a * b);
    const later: (() => number)[] = [];
    for (const x of list.slice(0, 3)) later.push(() => x * n);
    for (let i = 0; i < 3; i++) {
      const at = i;
      later.push(() => at + n);
    }
    return [...out, ...later.map((one) => one()), ...countTo(3)];
  },
);

export const closures = defineFunction(
  { name: 'closures', flags, args: { n: t.number, list: t.array(t.number) }, returns: t.array(t.number) },
  (_keys, { n, list }) => {
    let count = 0;
    const next = (step = 1): number => {
      count += step;
      return count;
    };
    const add = (a: number) => (b: number) => a + b;
    function fact(x: number): number {
      return x < 2 ? 1 : x * fact(x - 1);
    }
    const sum = (...xs: number[]): number => xs.reduce((a, b) => a + b, 0);
    const object = {
      n,
      twice: () => n * 2,
      thrice(this: { n: number }) {
        return this.n * 3;
      },
    };
    const maybe: ((x: number) => number) | undefined = n > 0 ? add(1) : undefined;
    const pair: [number, number] = [next(), next(5)];
    const [a, b] = pair;
    const order = [next(), next(), (next(), count), next(2) * next(3)];
    return [
      a,
      b,
      ...order,
      add(n)(2),
      fact(5),
      sum(),
      sum(1, 2, 3),
      sum(...list),
      object.twice(),
      object.thrice(),
      maybe?.(4) ?? -1,
    ];
  },
);

export const classes = defineFunction(
  { name: 'classes', flags, args: { n: t.number, m: t.number }, returns: t.array(t.string) },
  (_keys, { n, m }) => {
    const shapes: Shape[] = [new Shape('plain'), new Square(n), new Square(m, 'named')];
    const out = shapes.map((one) => one.describe());
    const square = shapes[1];
    if (square instanceof Square) {
      square.side = m;
      out.push(`${square.area}`, square.describe(), `${square.doubled().area}`);
    }
    out.push(`${Square.made > 0}`, `${shapes[0] instanceof Square}`, `${shapes[1] instanceof Shape}`);
    out.push(
      Shape.of('static').describe(),
      classify(n),
      typeof n,
      typeof out,
      typeof classify,
      `${typeof m === 'number'}`,
    );
    return out;
  },
);

export const errors = defineFunction(
  { name: 'errors', flags, args: { n: t.number, text: t.string }, returns: t.array(t.string) },
  (_keys, { n, text }) => {
    const out: string[] = [];
    const attempt = (work: () => string): string => {
      try {
        return work();
      } catch (error) {
        if (error instanceof InsufficientFunds) return `${error.name} lacks ${error.missing}: ${error.message}`;
        if (error instanceof RangeError) return `range ${error.message}`;
        if (error instanceof Error) return `${error.name}: ${error.message}`;
        return 'unknown';
      } finally {
        out.push('finally');
      }
    };
    out.push(
      attempt(() => 'fine'),
      attempt(() => {
        throw new Error(text);
      }),
      attempt(() => {
        throw new TypeError(`n is ${n}`);
      }),
      attempt(() => new Account(10).take(n)),
      attempt(() => 'x'.repeat(-1)),
      attempt(() => {
        try {
          throw new RangeError('inner');
        } catch (error) {
          out.push('caught');
          throw error;
        } finally {
          out.push('inner finally');
        }
      }),
      attempt(() => {
        try {
          return 'from try';
        } finally {
          out.push('left');
        }
      }),
    );
    for (const x of [1, 2, 3]) {
      try {
        if (x === 2) throw new Error('two');
        out.push(`${x}`);
      } catch {
        out.push('caught two');
      }
    }
    return out;
  },
);

export const thrown = defineFunction(
  { name: 'thrown', flags, args: { n: t.number, text: t.string }, returns: t.string },
  (_keys, { n, text }) => {
    if (n > 0) throw new Error(`at ${n}`);
    if (text === '') throw new InsufficientFunds(3);
    return text;
  },
);

export const nullish = defineFunction(
  {
    name: 'nullish',
    flags,
    args: { a: t.nullable(t.array(t.number)), b: t.nullable(t.record({ c: t.nullable(t.string) })) },
    returns: t.record({
      first: t.nullable(t.number),
      c: t.nullable(t.string),
      length: t.number,
      mapped: t.nullable(t.array(t.number)),
    }),
  },
  (_keys, { a, b }) => ({
    first: a?.[0] ?? null,
    c: b?.c ?? null,
    length: a?.length ?? -1,
    mapped: a?.map((x) => x + 1) ?? null,
  }),
);
