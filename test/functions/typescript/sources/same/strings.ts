import { bytes, defineFunction, t } from 'shardfold/functions';

const flags = ['no-writes'] as const;

export const strings = defineFunction(
  { name: 'strings', flags, args: { a: t.string, b: t.string }, returns: t.array(t.string) },
  (_keys, { a, b }) => [
    a + b,
    `${a}-${b}`,
    a.concat(b, 'x'),
    ...a.split(','),
    ...`${a}--${b}`.split('--'),
    a.split(',').join(b),
    a.trim(),
    a.trimStart(),
    a.trimEnd(),
    `\u00a0\u2003 ${a}\ufeff\n\u3000`.trim(),
    a.replace(',', ';'),
    a.replaceAll('a', 'xy'),
    a.repeat(2),
    a.toString(),
    '\0a\x001\t"\\\r\n\x7f é 😀 \u2028',
    'a\
b',
  ],
);

export const tests = defineFunction(
  { name: 'tests', flags, args: { a: t.string, b: t.string }, returns: t.array(t.boolean) },
  (_keys, { a, b }) => [
    a.startsWith(b),
    a.endsWith(b),
    a.includes(b),
    (a + b).startsWith(a),
    (a + b).endsWith(b),
    (a + b).includes(b),
    a === b,
    a !== '',
    a === `${b}`,
    bytes.equal(a, b),
    bytes.compare(a, b) < 0,
    bytes.compare(a + b, b + a) === 0,
  ],
);

export const repeated = defineFunction(
  { name: 'repeated', flags, args: { text: t.string, small: t.number }, returns: t.string },
  (_keys, { text, small }) => text.repeat(small),
);

export const raw = defineFunction(
  {
    name: 'raw',
    flags,
    args: { a: t.bytes, b: t.bytes, text: t.string, from: t.integer, to: t.integer },
    returns: t.array(t.bytes),
  },
  (_keys, { a, b, text, from, to }) => [
    a,
    bytes.concat(a, b, text),
    bytes.slice(a, from),
    bytes.slice(a, from, to),
    bytes.slice(text, -3),
    bytes.slice(text, 1, -1),
    bytes.fromText(text),
    bytes.slice(a),
    bytes.concat(),
  ],
);

export const positions = defineFunction(
  {
    name: 'positions',
    flags,
    args: { a: t.bytes, b: t.bytes, text: t.string, at: t.integer },
    returns: t.array(t.number),
  },
  (_keys, { a, b, text, at }) => [
    bytes.length(a),
    bytes.length(text),
    bytes.at(a, at) ?? -1,
    bytes.at(text, 0) ?? -1,
    bytes.at(text, 0.5) ?? -1,
    bytes.at(text, -1) ?? -1,
    bytes.compare(a, b),
    bytes.compare(text, a),
    bytes.equal(a, text) ? 1 : 0,
  ],
);

export const decoded = defineFunction(
  { name: 'decoded', flags, args: { a: t.bytes }, returns: t.string },
  (_keys, { a }) => {
    try {
      return bytes.toText(a);
    } catch (error) {
      return error instanceof Error ? error.message : 'something else';
    }
  },
);

export const sortedTexts = defineFunction(
  { name: 'sortedTexts', flags, args: { list: t.array(t.string) }, returns: t.array(t.string) },
  (_keys, { list }) => list.toSorted(bytes.compare),
);

export const switched = defineFunction(
  { name: 'switched', flags, args: { word: t.string, small: t.integer }, returns: t.array(t.string) },
  (_keys, { word, small }) => {
    const found: string[] = [];
    switch (word) {
      // @ts-ignore
      case 'a':
        found.push('is a');
      case 'b':
        found.push('is a or b');
        break;
      case '': {
        found.push('is empty');
        break;
      }
      default:
        found.push('is something else');
    }
    switch (small) {
      default:
        found.push('default first');
        break;
      case 1:
        found.push('one');
        break;
      case 2:
      case 3:
        found.push('two or three');
    }
    const inner = (): string => {
      switch (true) {
        case small < 0:
          return 'negative';
        case small > 100:
          return 'large';
      }
      return 'small';
    };
    found.push(inner());
    return found;
  },
);
