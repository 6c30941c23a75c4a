/** What a server answered → what the caller gets. What does not fit is an error that names function and path. */
import { isUtf8 } from 'node:buffer';
import type { Reply } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { Schema } from './schema.js';
import { showBriefly, showPath, showSchema } from './show.js';

/** A reply of Shardfold's own client, or of one that makes strings of bulk strings. */
export type AnyReply = Reply | string | undefined | readonly AnyReply[];

type Path = (string | number)[];

class Misfit extends Error {
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

const misfit = (what: string, reply: AnyReply): Misfit => new Misfit(`is not ${what}: ${show(reply)}`);

const show = (reply: AnyReply): string => showBriefly(reply instanceof Uint8Array ? String(reply) : reply);

/**
 * @param where The function, as messages name it.
 * @throws INVALID_REPLY where the reply is not of that type
 */
export function decodeReply(schema: Schema, reply: AnyReply, where: string): unknown {
  const path: Path = [];
  try {
    return decode(schema, reply, path);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const place = path.length === 0 ? 'its reply' : showPath(path);
    throw new ShardfoldError('INVALID_REPLY', `${where}: ${place} ${error.message}`, {
      hint: error.hint ?? `it is declared to return ${showSchema(schema)}`,
    });
  }
}

function decode(schema: Schema, reply: AnyReply, path: Path): unknown {
  switch (schema.kind) {
    case 'string':
      return text(reply);
    case 'bytes':
      return bytes(reply);
    case 'number':
      return number(reply);
    case 'integer':
      return integer(reply);
    case 'boolean':
      if (reply !== 0 && reply !== 1) throw misfit('a boolean (0 or 1)', reply);
      return reply === 1;
    case 'null':
      if (!isNull(reply)) throw misfit('null', reply);
      return null;
    case 'nullable':
      return isNull(reply) ? null : decode(schema.of, reply, path);
    case 'array':
      return array(schema.of, reply, path);
    case 'map':
      return map(schema.of, reply, path);
    case 'record':
      return record(schema.fields, reply, path);
  }
}

/** A function that switched to RESP3 answers false for it. */
const isNull = (reply: AnyReply): boolean => reply === null || reply === undefined || reply === false;

function text(reply: AnyReply): string {
  if (typeof reply === 'string') return reply;
  if (!Buffer.isBuffer(reply)) throw misfit('a string', reply);
  if (!isUtf8(reply)) throw new Misfit(`is not text, for it is not UTF-8: ${show(reply)}`, 'declare it as bytes');
  return reply.toString();
}

function bytes(reply: AnyReply): Buffer {
  if (typeof reply === 'string') {
    const hint =
      'in node-redis: commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } }, or withTypeMapping';
    throw new Misfit('was made a string by the client, which destroys bytes', hint);
  }
  if (!Buffer.isBuffer(reply)) throw misfit('bytes', reply);
  return Buffer.from(reply); // the reply may be a view of much more
}

/** The greatest ones come as text, see wire.lua. */
function integer(reply: AnyReply): number {
  const value =
    typeof reply === 'number' ? reply : isText(reply) && /^-?\d+$/.test(String(reply)) ? Number(String(reply)) : NaN;
  if (!Number.isSafeInteger(value)) throw misfit('an integer', reply);
  return value;
}

const isText = (reply: AnyReply): reply is string | Buffer => typeof reply === 'string' || Buffer.isBuffer(reply);

const SPECIAL: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity };

function number(reply: AnyReply): number {
  if (isText(reply)) {
    const written = String(reply);
    if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(written)) return Number(written);
    const special = Object.hasOwn(SPECIAL, written) ? SPECIAL[written] : undefined;
    if (special !== undefined) return special;
  }
  throw misfit('a number', reply);
}

function array(of: Schema, reply: AnyReply, path: Path): unknown[] {
  if (!Array.isArray(reply)) throw misfit('an array', reply);
  return reply.map((item, i) => {
    path.push(i);
    const value = decode(of, item, path);
    path.pop();
    return value;
  });
}

function map(of: Schema, reply: AnyReply, path: Path): Record<string, unknown> {
  if (!Array.isArray(reply) || reply.length % 2 === 1) throw misfit('a list of names and values', reply);
  const value: Record<string, unknown> = {};
  for (let i = 0; i < reply.length; i += 2) {
    const name = text(reply[i]);
    path.push(name);
    put(value, name, decode(of, reply[i + 1], path));
    path.pop();
  }
  return value;
}

/** A plain assignment to `__proto__` would change what the object is. */
function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function record(fields: { readonly [name: string]: Schema }, reply: AnyReply, path: Path): Record<string, unknown> {
  const names = Object.keys(fields);
  if (!Array.isArray(reply) || reply.length !== 2 * names.length)
    throw misfit(`a record of ${names.length} fields`, reply);
  const value: Record<string, unknown> = {};
  for (const [i, name] of names.entries()) {
    if (String(reply[2 * i]) !== name)
      throw new Misfit(`has the field ${show(reply[2 * i])} where "${name}" is declared`);
    path.push(name);
    value[name] = decode(fields[name] as Schema, reply[2 * i + 1], path);
    path.pop();
  }
  return value;
}
