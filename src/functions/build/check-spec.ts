/** What a spec may say, whichever language it was written in. */
import type { Schema } from '../define/schema.js';
import type { FunctionSpec } from '../define/spec.js';

/** The problems of a spec, in words. */
export function specProblems({ keys, args, returns }: FunctionSpec): string[] {
  const problems: string[] = [];
  const check = (what: string, schema: Schema) => schemaProblems(what, schema, problems);
  Object.entries(keys).forEach(([name, schema], i, all) => {
    checkName('key', name, problems);
    const single = schema.kind === 'array' ? schema.of.kind : schema.kind;
    if (single !== 'string' && single !== 'bytes') problems.push(`key ${name} is neither string nor bytes`);
    else if (schema.kind === 'array' && i < all.length - 1) problems.push(`key ${name}: only the last key may be many`);
  });
  for (const [name, schema] of Object.entries(args)) {
    checkName('argument', name, problems);
    if (schema.kind === 'null') problems.push(`argument ${name} can only be null`);
    else check(`argument ${name}`, schema);
  }
  if (returns.kind !== 'null') check('the result', returns);
  return problems;
}

function checkName(what: string, name: string, problems: string[]): void {
  // The order in which they are written must be that of JavaScript's objects, and `__proto__` is no field of one.
  if (!/^[A-Za-z_]\w*$/.test(name) || name === '__proto__') {
    problems.push(`"${name}" cannot name ${what === 'argument' ? 'an' : 'a'} ${what}: letters, digits and _ can`);
  }
}

function schemaProblems(what: string, schema: Schema, problems: string[]): void {
  if (schema.kind === 'record') {
    for (const [name, field] of Object.entries(schema.fields)) {
      checkName('field', name, problems);
      if (field.kind === 'null') problems.push(`${what}.${name} can only be null`);
      else schemaProblems(`${what}.${name}`, field, problems);
    }
    return;
  }
  if (!('of' in schema)) return;
  const absent = schema.of.kind === 'null' || schema.of.kind === 'nullable';
  if (absent && schema.kind === 'array') problems.push(`${what}: the elements of an array cannot be null`);
  else if (absent && schema.kind === 'map') problems.push(`${what}: the values of a map cannot be null`);
  else if (absent) problems.push(`${what} is nullable twice`);
  else schemaProblems(what, schema.of, problems);
}
