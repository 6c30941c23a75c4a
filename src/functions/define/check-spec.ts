import type { Schema } from './schema.js';
import { FUNCTION_FLAGS, type FunctionSpec } from './spec.js';

/** Such names keep the order in which they are written, in every object; and they are no trap of JavaScript. */
const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && name !== '__proto__';

/** What is wrong with a spec, for people; undefined where nothing is. The types refuse most of it, but annotations and JavaScript have none. */
export function specProblem(spec: FunctionSpec): string | undefined {
  const { name, flags, keys, args, returns } = spec;
  if (typeof name !== 'string' || !/^\w+$/.test(name)) {
    return `${JSON.stringify(name)} cannot name a function: servers allow letters, digits and _`;
  }
  const flag = flags.find((one) => !FUNCTION_FLAGS.includes(one));
  if (flag !== undefined) return `unknown flag "${flag}": the flags are ${FUNCTION_FLAGS.join(', ')}`;
  return keysProblem(keys) ?? fieldsProblem('argument', args) ?? schemaProblem('what it returns', returns);
}

function keysProblem(keys: FunctionSpec['keys']): string | undefined {
  const names = Object.keys(keys);
  for (const [i, name] of names.entries()) {
    const key = keys[name] as Schema;
    if (!isName(name)) return `key "${name}" is not an identifier`;
    const one = key.kind === 'array' ? key.of : key;
    if (one.kind !== 'string' && one.kind !== 'bytes') return `key "${name}" is neither string nor bytes`;
    if (key.kind === 'array' && i < names.length - 1) return `key "${name}" is an array and not the last key`;
  }
  return undefined;
}

function fieldsProblem(what: string, fields: { readonly [name: string]: Schema }): string | undefined {
  for (const [name, schema] of Object.entries(fields)) {
    if (!isName(name)) return `${what} "${name}" is not an identifier`;
    const problem = schemaProblem(`${what} "${name}"`, schema);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function schemaProblem(what: string, schema: Schema): string | undefined {
  switch (schema?.kind) {
    case 'string':
    case 'bytes':
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return undefined;
    case 'record':
      return fieldsProblem(`${what}: field`, schema.fields);
    case 'array':
    case 'map':
      // A Lua table cannot hold nil: an array would lose its length, a map the name.
      if (schema.of.kind === 'nullable' || schema.of.kind === 'null') {
        return `${what}: the elements of ${schema.kind === 'array' ? 'an array' : 'a map'} cannot be null`;
      }
      return schemaProblem(what, schema.of);
    case 'nullable':
      return schemaProblem(what, schema.of);
    default:
      return `${what} has no type: use those of \`t\``;
  }
}
