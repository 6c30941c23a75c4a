/** `--key board=b:{eu} --arg player=ann` → the keys and arguments of a call. */
import { ShardfoldError } from '../errors.js';
import type { Schema } from '../functions/define/schema.js';
import { showSignature } from '../functions/define/show.js';
import type { FunctionSpec } from '../functions/define/spec.js';
import { parseValue } from './values.js';

type Values = Record<string, unknown>;

/** @throws INVALID_ARGUMENT with the function's signature */
export function readCall(
  spec: FunctionSpec,
  given: { readonly keys: readonly string[]; readonly args: readonly string[] },
): { keys: Values; args: Values } {
  return {
    keys: readValues(spec, { what: 'key', wanted: spec.keys }, given.keys),
    args: readValues(spec, { what: 'argument', wanted: spec.args }, given.args),
  };
}

interface Side {
  readonly what: 'key' | 'argument';
  readonly wanted: { readonly [name: string]: Schema };
}

/** `name=value`, or values in order. The last key may stand for many. */
function readValues(spec: FunctionSpec, { what, wanted }: Side, given: readonly string[]): Values {
  // Without a prototype: `constructor` may name an argument.
  const values: Values = Object.create(null);
  const names = Object.keys(wanted);
  const isMany = (name: string) => what === 'key' && wanted[name]?.kind === 'array';
  for (const text of given) {
    const [, before, after] = /^(\w+)=(.*)$/s.exec(text) ?? [];
    const isNamed = before !== undefined && Object.hasOwn(wanted, before);
    if (before !== undefined && !isNamed) throw refused(spec, `has no ${what} "${before}"`);
    const name = isNamed ? before : names.find((one) => !(one in values) || isMany(one));
    if (name === undefined) throw refused(spec, `takes ${names.length} ${what}${names.length === 1 ? '' : 's'}`);
    if (name in values && !isMany(name)) throw refused(spec, `the ${what} "${name}" is given twice`);
    const value = isNamed ? (after as string) : text;
    try {
      const schema = wanted[name] as Schema;
      if (isMany(name) && schema.kind === 'array') {
        const one = parseValue(schema.of, value, name);
        values[name] = [...((values[name] as unknown[]) ?? []), one];
      } else values[name] = parseValue(schema, value, name);
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      throw refused(spec, error.message);
    }
  }
  // None of many keys is a list, too.
  for (const name of names) if (isMany(name)) values[name] ??= [];
  return values;
}

const refused = (spec: FunctionSpec, problem: string): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', `${spec.name}: ${problem}`, { hint: showSignature(spec) });
