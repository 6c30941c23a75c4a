/** What a caller passes → what travels. Nothing is sent of what does not fit: every refusal names function, argument and path. */
import type { Argument } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { isWellFormed } from './bytes.js';
import type { Schema } from './schema.js';
import { showBriefly, showPath, showSignature } from './show.js';
import type { FunctionSpec } from './spec.js';

export interface EncodedCall {
  readonly keys: Argument[];
  readonly args: Argument[];
}

/** The way from an argument to the value that is looked at; it names the place of a misfit. */
type Path = (string | number)[];

class Misfit extends Error {}

const misfit = (what: string, value: unknown): Misfit => new Misfit(`is not ${what}: ${showBriefly(value)}`);

/** @throws INVALID_ARGUMENT */
export function encodeCall(spec: FunctionSpec, keys: unknown, args: unknown): EncodedCall {
  const path: Path = [];
  try {
    return { keys: encodeKeys(spec, named('key', spec.keys, keys), path), args: encodeArgs(spec, args, path) };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const where = path.length === 0 ? '' : `${showPath(path)} `;
    throw new ShardfoldError('INVALID_ARGUMENT', `${spec.name}: ${where}${error.message}`, {
      hint: showSignature(spec),
    });
  }
}

type Values = { readonly [name: string]: unknown };

/** What every object inherits is nobody's argument: `constructor` may name one. */
const held = (values: Values, name: string): unknown =>
  Object.hasOwn(values, name) || !(name in Object.prototype) ? values[name] : undefined;

/** The object that holds the keys or the arguments, without names that nobody knows. */
function named(what: 'key' | 'argument', wanted: Values, given: unknown): Values {
  const values = given ?? {};
  if (!isObject(values)) throw new Misfit(`takes its ${what}s by name, and got ${showBriefly(given)}`);
  for (const name in values) if (!Object.hasOwn(wanted, name)) throw new Misfit(`has no ${what} "${name}"`);
  return values;
}

function encodeKeys({ keys }: FunctionSpec, values: Values, path: Path): Argument[] {
  const encoded: Argument[] = [];
  for (const name in keys) {
    const schema = keys[name] as Schema;
    const value = held(values, name);
    if (value === undefined) throw new Misfit(`lacks the key "${name}"`);
    path.push(name);
    if (schema.kind !== 'array') encoded.push(text(schema, value));
    else {
      eachOf(value, path, (item) => {
        encoded.push(text(schema.of, item));
      });
    }
    path.pop();
  }
  return encoded;
}

function encodeArgs({ args }: FunctionSpec, given: unknown, path: Path): Argument[] {
  const values = named('argument', args, given);
  const encoded: Argument[] = [];
  let needed = 0;
  for (const name in args) {
    const schema = args[name] as Schema;
    const value = held(values, name);
    const isNull = value === undefined || value === null;
    if (value === undefined && schema.kind !== 'nullable') throw new Misfit(`lacks the argument "${name}"`);
    path.push(name);
    encoded.push(isScalar(schema) ? text(schema, value) : json(schema, value, path));
    path.pop();
    if (!(isNull && schema.kind === 'nullable')) needed = encoded.length;
  }
  encoded.length = needed; // what is null at the end need not travel
  return encoded;
}

const isScalar = ({ kind }: Schema): boolean =>
  kind === 'string' || kind === 'bytes' || kind === 'number' || kind === 'integer' || kind === 'boolean';

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** A value that travels as it is. */
function text(schema: Schema, value: unknown): Argument {
  switch (schema.kind) {
    case 'string':
      return checkText(value);
    case 'bytes':
      return checkBytes(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw misfit('a boolean', value);
      return value ? '1' : '0';
    default:
      return showNumber(checkNumber(schema, value));
  }
}

function checkText(value: unknown): string {
  if (typeof value !== 'string') throw misfit('a string', value);
  if (!isWellFormed(value)) throw misfit('text that UTF-8 can hold (half of a surrogate pair)', value);
  return value;
}

function checkBytes(value: unknown): Buffer {
  if (!(ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]')) {
    throw misfit('a Buffer or Uint8Array', value);
  }
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function checkNumber({ kind }: Schema, value: unknown): number {
  if (typeof value !== 'number') throw misfit(kind === 'integer' ? 'an integer' : 'a number', value);
  if (kind === 'number') return value;
  if (!Number.isSafeInteger(value)) throw misfit('an integer within ±(2^53 - 1)', value);
  return value + 0; // there is no integer -0
}

const showNumber = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

/** A value as JSON; by the schema, for JSON.stringify would lose what JSON has no word for. */
function json(schema: Schema, value: unknown, path: Path): string {
  switch (schema.kind) {
    case 'string':
      return JSON.stringify(checkText(value));
    case 'bytes':
      return JSON.stringify(checkBytes(value).toString('latin1'));
    case 'boolean':
      if (typeof value !== 'boolean') throw misfit('a boolean', value);
      return String(value);
    case 'number':
    case 'integer': {
      const x = checkNumber(schema, value);
      const written = showNumber(x);
      return Number.isFinite(x) && written !== '-0' ? written : `"${written}"`;
    }
    case 'null':
      if (value !== null) throw misfit('null', value);
      return 'null';
    case 'nullable':
      return value === null || value === undefined ? 'null' : json(schema.of, value, path);
    case 'array': {
      const parts: string[] = [];
      eachOf(value, path, (item) => {
        parts.push(json(schema.of, item, path));
      });
      return `[${parts.join()}]`;
    }
    case 'map':
      return jsonMap(schema.of, value, path);
    case 'record':
      return jsonRecord(schema.fields, value, path);
  }
}

function eachOf(value: unknown, path: Path, visit: (item: unknown) => void): void {
  if (!Array.isArray(value)) throw misfit('an array', value);
  for (let i = 0; i < value.length; i++) {
    path.push(i);
    visit(value[i]);
    path.pop();
  }
}

function jsonMap(of: Schema, value: unknown, path: Path): string {
  if (!isObject(value) || value instanceof Map) throw misfit('an object', value);
  const parts: string[] = [];
  for (const [name, item] of Object.entries(value)) {
    path.push(name);
    parts.push(`${JSON.stringify(checkText(name))}:${json(of, item, path)}`);
    path.pop();
  }
  return `{${parts.join()}}`;
}

function jsonRecord(fields: { readonly [name: string]: Schema }, value: unknown, path: Path): string {
  if (!isObject(value)) throw misfit('an object', value);
  for (const name in value) if (!Object.hasOwn(fields, name)) throw new Misfit(`has no field "${name}"`);
  const parts: string[] = [];
  for (const name in fields) {
    const field = fields[name] as Schema;
    const item = held(value, name);
    if (item === undefined && field.kind !== 'nullable') throw new Misfit(`lacks the field "${name}"`);
    path.push(name);
    parts.push(`"${name}":${json(field, item, path)}`);
    path.pop();
  }
  return `{${parts.join()}}`;
}
