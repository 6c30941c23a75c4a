/** Specs and values as messages show them. */
import { showValue } from '../../errors.js';
import type { Schema } from './schema.js';
import type { FunctionSpec } from './spec.js';

/** In the notation of the annotations: `{ name: string, scores: number[] }?`. */
export function showSchema(schema: Schema): string {
  switch (schema.kind) {
    case 'array':
      return `${showSchema(schema.of)}[]`;
    case 'record':
      return showFields(schema.fields);
    case 'map':
      return `table<string, ${showSchema(schema.of)}>`;
    case 'nullable':
      return `${showSchema(schema.of)}?`;
    default:
      return schema.kind;
  }
}

export function showFields(fields: { readonly [name: string]: Schema }): string {
  const parts = Object.entries(fields).map(([name, schema]) => `${name}: ${showSchema(schema)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** `addScore({ board: string }, { player: string, score: number }): number` */
export const showSignature = ({ name, keys, args, returns }: FunctionSpec): string =>
  `${name}(${showFields(keys)}, ${showFields(args)}): ${showSchema(returns)}`;

const LONGEST = 60;

export function showBriefly(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = showValue(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A way into a value: `['scores', 0, 'of']` is `scores[0].of`. Names that are no identifiers stand in quotes. */
export function showPath(path: readonly (string | number)[]): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return steps.join('').replace(/^\./, '');
}
