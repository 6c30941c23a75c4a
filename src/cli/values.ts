/** Values of functions on the command line: read from text by their schema, and shown again. */
import { ShardfoldError } from '../errors.js';
import type { Schema } from '../functions/define/schema.js';

const BASE64 = 'base64:';
const SPECIAL: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 };

/**
 * What was typed, as a caller in JavaScript passes it: strings as they are, bytes as `base64:…` or as text, numbers, true and
 * false, null (of a nullable string that is the text; leave it out instead), everything else as JSON.
 * @param where As messages name it: `addScore: score`.
 */
export function parseValue(schema: Schema, text: string, where: string): unknown {
  const refuse = (what: string) => misfit(where, what, text);
  switch (schema.kind) {
    case 'string':
      return text;
    case 'bytes':
      return parseBytes(text, refuse);
    case 'number':
    case 'integer':
      return parseNumber(text) ?? thrown(refuse(schema.kind === 'integer' ? 'an integer' : 'a number'));
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw refuse('true or false');
    case 'null':
      if (text === 'null') return null;
      throw refuse('null');
    case 'nullable':
      if (text === 'null' && schema.of.kind !== 'string' && schema.of.kind !== 'bytes') return null;
      return parseValue(schema.of, text, where);
    default:
      return fromJson(schema, parseJson(text, refuse), where);
  }
}

type Refuse = (what: string) => ShardfoldError;

const misfit = (where: string, what: string, text: string): ShardfoldError =>
  new ShardfoldError(
    'INVALID_ARGUMENT',
    `${where} is not ${what}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`,
  );

function thrown(error: ShardfoldError): never {
  throw error;
}

function parseBytes(text: string, refuse: Refuse): Buffer {
  if (!text.startsWith(BASE64)) return Buffer.from(text);
  const encoded = text.slice(BASE64.length);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) throw refuse('base64');
  return Buffer.from(encoded, 'base64');
}

function parseNumber(text: string): number | undefined {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text];
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function parseJson(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('JSON');
  }
}

/** JSON with what it lacks in strings: bytes, NaN and the like. Whatever else does not fit is refused where the call is made. */
function fromJson(schema: Schema, value: unknown, where: string): unknown {
  switch (schema.kind) {
    case 'bytes':
      return typeof value === 'string' ? parseBytes(value, (what) => misfit(where, what, value)) : value;
    case 'number':
      return typeof value === 'string' && Object.hasOwn(SPECIAL, value) ? SPECIAL[value] : value;
    case 'nullable':
      return value === null ? null : fromJson(schema.of, value, where);
    case 'array':
      return Array.isArray(value) ? value.map((item, i) => fromJson(schema.of, item, `${where}[${i}]`)) : value;
    case 'map':
      return eachField(value, (name, item) => fromJson(schema.of, item, `${where}.${name}`));
    case 'record':
      return eachField(value, (name, item) => {
        const field = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
        return field ? fromJson(field, item, `${where}.${name}`) : item;
      });
    default:
      return value;
  }
}

function eachField(value: unknown, convert: (name: string, item: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, convert(name, item)]));
}

/** A result as JSON can hold it, in the way that `parseValue` reads. */
export function toJson(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return `${BASE64}${value.toString('base64')}`;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : showNumber(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item)]));
}

const showNumber = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

/** A scalar as it is, everything else as JSON. */
export function showResult(value: unknown): string {
  const plain = toJson(value);
  return typeof plain === 'object' && plain !== null ? JSON.stringify(plain) : String(plain);
}
