/** A spec as the Lua table that `shardfold.wire` reads: names in order, `{ { "player", { kind = "string" } }, … }`. */
import type { Schema } from './define/schema.js';
import type { FunctionSpec } from './define/spec.js';

const list = (parts: readonly string[]): string => (parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`);

const named = (fields: { readonly [name: string]: Schema }): string =>
  list(Object.entries(fields).map(([name, schema]) => `{ "${name}", ${printSchema(schema)} }`));

function printSchema(schema: Schema): string {
  if (schema.kind === 'record') return `{ kind = "record", fields = ${named(schema.fields)} }`;
  if ('of' in schema) return `{ kind = "${schema.kind}", of = ${printSchema(schema.of)} }`;
  return `{ kind = "${schema.kind}" }`;
}

/** @param byName Keys and arguments reach the function by name alone. */
export const printSpec = ({ name, keys, args, returns }: FunctionSpec, byName = false): string =>
  `{ name = "${name}",${byName ? ' named = true,' : ''} keys = ${named(keys)}, args = ${named(args)}, returns = ${printSchema(returns)} }`;
