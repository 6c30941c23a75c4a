import { bytes, defineFunction, t } from 'shardfold/functions';

const flags = ['no-writes'] as const;

abstract class Animal {
  static count = 0;
  readonly sounds: string[] = [];
  readonly say = (text: string): string => `${this.name} says ${text}`;
  protected abstract readonly kind: string;

  static make(kind: string, name: string): Animal {
    Animal.count += 1;
    return kind === 'dog'
      ? new Dog(name)
      : new (class extends Animal {
          protected readonly kind = 'other';
        })(name);
  }

  constructor(readonly name: string) {}

  describe(): string {
    return `${this.kind} ${this.name}`;
  }
}

class Dog extends Animal {
  protected readonly kind = 'dog';
  private tricks = new Map<string, number>();

  learn(...tricks: string[]): this {
    for (const trick of tricks) this.tricks.set(trick, (this.tricks.get(trick) ?? 0) + 1);
    return this;
  }

  get known(): string {
    return [...this.tricks.keys()].sort(bytes.compare).join();
  }

  override describe(): string {
    return `${super.describe()} knows ${this.known}`;
  }
}

export const animals = defineFunction(
  { name: 'animals', flags, args: { words: t.array(t.string) }, returns: t.array(t.string) },
  (_keys, { words }) => {
    Animal.count = 0;
    const rex = new Dog('rex').learn('sit').learn(...words);
    const all = [rex, Animal.make('dog', 'ada'), Animal.make('cat', 'tom')];
    const { say } = rex;
    return [
      ...all.map((one) => one.describe()),
      say('hi'),
      `${Animal.count}`,
      `${all[1] instanceof Dog} ${all[2] instanceof Dog}`,
    ];
  },
);

export const finals = defineFunction(
  { name: 'finals', flags, args: { n: t.integer }, returns: t.array(t.string) },
  (_keys, { n }) => {
    const log: string[] = [];
    const overriding = (): string => {
      try {
        if (n % 2 === 0) throw new Error('even');
        return 'try';
      } catch (error) {
        log.push('catch');
        return error instanceof Error ? error.message : '';
      } finally {
        log.push('finally');
        if (n > 5) {
          // biome-ignore lint: what is tested
          return 'from finally';
        }
      }
    };
    const throwing = (): string => {
      try {
        try {
          throw new Error('first');
        } finally {
          log.push('inner');
          if (n > 3) throw new Error('second');
        }
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    const nothing = (): string | undefined => {
      try {
        if (n === 1) return undefined;
        log.push('went on');
      } catch {
        return 'never';
      }
      return 'end';
    };
    return [overriding(), throwing(), nothing() ?? 'nothing', ...log];
  },
);

export const names = defineFunction(
  { name: 'names2', flags, args: { a: t.number, b: t.number }, returns: t.array(t.number) },
  (_keys, { a, b }) => {
    const end = a;
    const local = b;
    const nil = end + 1;
    const repeat = (then: number, elseif = then): number => then + elseif;
    const not = { and: 1, or: 2, until: 3, goto: 4, self: 5, 'a-b': 6, end };
    const string = 7;
    const table = [8];
    const math = { floor: 9 };
    const type = 10;
    const error = 11;
    const pcall = 12;
    const tostring = 13;
    const unpack = 14;
    const select = 15;
    const $dollar = 16;
    const naïve = 17;
    const ___js = 18;
    const ___array = [19];
    const next = 20;
    const require = 21;
    const ipairs = 22;
    const { and, or: ored } = not;
    {
      const a = 100;
      {
        const a = 200;
        table.push(a);
      }
      table.push(a);
    }
    const sum = [
      end,
      local,
      nil,
      repeat(1),
      repeat(1, 2),
      and,
      ored,
      not.until,
      not.goto,
      not.self,
      not['a-b'],
      not.end,
    ];
    sum.push(string, ...table, math.floor, type, error, pcall, tostring, unpack, select, $dollar, naïve, ___js);
    return [...sum, ...___array, next, require, ipairs, a % b, Math.floor(a), Math.max(a, b)];
  },
);

export const rests = defineFunction(
  { name: 'rests', flags, args: { list: t.array(t.number), words: t.array(t.string) }, returns: t.array(t.string) },
  (_keys, { list, words }) => {
    const join = (first = 'none', ...rest: string[]): string => `${first}(${rest.join()})${rest.length}`;
    const pass = (...all: string[]): string => join(...all);
    const twice = (...all: string[]): string => {
      const later = () => all.length;
      all.push('more');
      return `${pass('x', ...all, 'y')}${later()}`;
    };
    const pair = (): [number, string] => [list.length, words[0] ?? ''];
    const [n, word] = pair();
    class Box {
      readonly all: string[];
      constructor(...all: string[]) {
        this.all = all;
      }
    }
    const nested = ({ a, f: [x = 4, ...others] }: { a?: { b?: number; c?: number[] }; f: number[] }): string => {
      const { b = 1, c = [] } = a ?? {};
      const [d = 2, ...e] = c;
      return `${b} ${d} ${e.join('/')} ${x} ${others.length}`;
    };
    const fact = function inner(x: number): number {
      return x <= 1 ? 1 : x * inner(x - 1);
    };
    return [
      pass(...words),
      pass(),
      twice(...words),
      twice('a'),
      `${n} ${word}`,
      new Box(...words, 'z').all.join(),
      nested({ f: [] }),
      nested({ a: {}, f: list }),
      nested({ a: { b: 5, c: [] }, f: [1] }),
      nested({ a: { c: list }, f: [1, 2] }),
      `${fact(6)}`,
      `${((x: number) => x + 1)(2)}`,
    ];
  },
);

export const large = defineFunction(
  { name: 'large', flags, args: { small: t.integer }, returns: t.array(t.number) },
  (_keys, { small }) => {
    const big: number[] = [];
    for (let i = 0; i < 20000; i++) big.push((i * 7919) % 20011);
    const copy = [...big, small, ...big];
    const grown = [1];
    grown.push(...big);
    const sorted = big.toSorted((a, b) => a - b);
    const set = new Set(big);
    return [copy.length, grown.length, Math.max(...big)].concat([
      sorted[0] ?? -1,
      sorted[19999] ?? -1,
      set.size,
      [...set].length,
      big.concat(big).length,
      big.slice(100, 19000).length,
      big.splice(5, 15000).length,
      big.length,
    ]);
  },
);

export const chains = defineFunction(
  {
    name: 'chains',
    flags,
    args: { a: t.nullable(t.record({ list: t.array(t.number), on: t.boolean })), key: t.string },
    returns: t.array(t.string),
  },
  (_keys, { a, key }) => {
    const table: Record<string, { run: (n: number) => number; list?: number[] }> = {
      x: { run: (n) => n + 1 },
      y: { run: (n) => n, list: [1] },
    };
    const entry = table[key];
    const on = a?.on;
    let existing: number | string | boolean | null = a === null ? null : a.on;
    existing = existing ?? 'was null';
    for (const one of Object.keys(table).sort(bytes.compare)) {
      table[one]?.list?.push(2);
      delete table[one]?.list;
    }
    let x = 0;
    for (x of a?.list ?? [5]) if (x < 0) break;
    const kinds = [1, 'a', true, undefined === on ? 'undefined' : on].map((one) => typeof one);
    return [
      `${entry?.run(1) ?? -1}`,
      `${entry?.list?.[0] ?? 'none'}`,
      `${table.y?.list === undefined}`,
      `${on ?? 'absent'}`,
      `${existing}`,
      `${x}`,
      kinds.join(),
      `${(a?.list.length ?? 0) > 2 || (on ?? false)}`,
      `${a?.list.map((n) => n * 2).filter((n) => n > 0).length ?? 'no list'}`,
      a?.on ? 'on' : a ? 'off' : 'neither',
    ];
  },
);
