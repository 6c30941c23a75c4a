import { defineFunction, t } from 'shardfold/functions';

const flags = ['no-writes'] as const;
const two = { a: t.number, b: t.number };

export const remainder = defineFunction(
  { name: 'remainder', flags, args: two, returns: t.array(t.number) },
  (_keys, { a, b }) => {
    let c = a;
    c %= b;
    return [a % b, (a % 7) + 1, -a % 3, c];
  },
);

export const arithmetic = defineFunction(
  { name: 'arithmetic', flags, args: two, returns: t.array(t.number) },
  (_keys, { a, b }) => {
    let i = 0;
    const post = i++;
    const pre = ++i;
    let x = a;
    x += b;
    x -= 1;
    x *= 3;
    x /= 7;
    return [a + b, a - b, a * b, a / b, -a, -b + a, +a, 1 / (a * 0), post, pre, i--, i, x, a / 0, 0 / b];
  },
);

export const zeros = defineFunction({ name: 'zeros', flags, args: two, returns: t.array(t.number) }, (_keys, { a }) => {
  const negative = -0;
  const positive = 0;
  return [positive, negative, 1 / negative, 1 / positive, 0 * -1, a * -0, -0, 0 / -5, 1 - 1, -0 + 0, 2 ** 3];
});

export const rounding = defineFunction(
  { name: 'rounding', flags, args: two, returns: t.array(t.number) },
  (_keys, { a, b }) => [
    Math.floor(a),
    Math.ceil(a),
    Math.round(a),
    Math.round(a / 2),
    Math.floor(a + 0.5),
    Math.trunc(a),
    Math.sign(a),
    Math.abs(a),
    Math.sqrt(Math.abs(a)),
    Math.max(a, b),
    Math.min(a, b),
    Math.max(a),
    Math.max(),
    Math.min(),
    Math.max(...[a, b, 0, -0]),
    Math.min(...[a, b, 0, -0]),
    Math.max(a, b, -0),
    Math.min(a, 0, b),
  ],
);

export const comparing = defineFunction(
  { name: 'comparing', flags, args: two, returns: t.array(t.boolean) },
  (_keys, { a, b }) => [
    a < b,
    a <= b,
    a > b,
    a >= b,
    a === b,
    a !== b,
    !(a < b),
    Number.isNaN(a),
    isNaN(b),
    Number.isInteger(a),
    Number.isFinite(a),
    isFinite(b),
    a === Infinity,
    b === Number.MAX_SAFE_INTEGER,
    a < Number.EPSILON,
    a > Number.MIN_VALUE,
    b < Number.MAX_VALUE,
  ],
);

export const texts = defineFunction(
  { name: 'texts', flags, args: { ...two, yes: t.boolean }, returns: t.array(t.string) },
  (_keys, { a, b, yes }) => {
    let joined = 'x';
    joined += a;
    joined += yes;
    return [
      `${a}`,
      `${a}|${b}|${yes}`,
      'a' + a,
      a + 'b',
      `${a / b}`,
      String(a * 3),
      a.toString(),
      String(yes),
      yes.toString(),
      joined,
      [a, b, a + b].join(),
      [a, b].join(' and '),
      [yes, !yes].join('/'),
      `${0.1}${1e21}${123456789012345680000}${1e-7}${-0}${5e-324}`,
      `${a}`.concat('!', String(b)),
    ];
  },
);

export const parsing = defineFunction(
  { name: 'parsing', flags, args: { numeric: t.string, yes: t.boolean }, returns: t.array(t.number) },
  (_keys, { numeric, yes }) => [
    Number(numeric),
    Number(`${numeric}0`),
    Number(`-${numeric}`),
    Number(yes),
    Number(` ${numeric}\n`),
  ],
);

export const powers = defineFunction(
  { name: 'powers', flags, args: two, returns: t.array(t.boolean) },
  (_keys, { a, b }) => [
    Number.isNaN(1 ** (a / 0)),
    Number.isNaN((-1) ** (b / 0)),
    Number.isNaN(a ** Number.NaN),
    a ** 0 === 1,
    2 ** 10 === 1024,
    1 ** b === 1 || !Number.isFinite(b),
    Math.abs(Math.exp(1) - Math.E) < 1e-12,
    Math.abs(Math.log10(1000) - 3) < 1e-12,
    Math.abs(Math.atan2(1, 1) - Math.PI / 4) < 1e-12,
    Math.abs(Math.log(Math.abs(a) + 1) - Math.log(Math.abs(a) + 1)) < 1e-9 || !Number.isFinite(a),
  ],
);

export const defaults = defineFunction(
  {
    name: 'defaults',
    flags,
    args: { n: t.nullable(t.number), yes: t.nullable(t.boolean), text: t.nullable(t.string) },
    returns: t.array(t.string),
  },
  (_keys, { n, yes, text }) => {
    let later = n;
    later ??= 8;
    let flag = yes;
    flag ??= true;
    const both = yes ?? n ?? 'none';
    return [
      `${n ?? 3}`,
      `${yes ?? true}`,
      `${yes ?? false}`,
      text ?? 'none',
      `${later}`,
      `${flag}`,
      `${both}`,
      yes == null ? 'absent' : 'present',
      n === null ? 'null' : `${n}`,
      yes ? 'yes' : 'no',
      yes && n !== null && n > 0 ? 'positive' : 'not',
      `${yes || n === null}`,
      `${!yes}`,
    ];
  },
);
