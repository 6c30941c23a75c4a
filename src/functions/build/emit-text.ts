/** A built library as JavaScript, and as the types of it. */
import type { BuiltLibrary } from '../built.js';
import { clientName } from '../define/client-name.js';
import { showSignature } from '../define/show.js';

/** `export const leaderboard`, and `leaderboardFunctions` and `leaderboardClientName` for a plain node-redis client. */
export function moduleOf(library: BuiltLibrary): string {
  const { source, project, name, hash, functions, specs, lineMap, code } = library;
  const fields = Object.entries({ project, source, name, hash, functions, specs, lineMap, code });
  return `import { nodeRedisFunctions } from 'shardfold/functions';

export const ${source} = {
${fields.map(([field, value]) => `  ${field}: ${JSON.stringify(value)},`).join('\n')}
};

export const ${source}Functions = nodeRedisFunctions(${source});

export const ${source}ClientName = ${JSON.stringify(clientName([name]))};
`;
}

/** The types hold what the values hold, to the letter: arguments and results of callers are inferred from them. */
export function declarationOf(library: BuiltLibrary): string {
  const { source, specs } = library;
  const type = `${source[0]?.toUpperCase()}${source.slice(1)}`;
  return `import type { BuiltLibrary, NodeRedisFunctions } from 'shardfold/functions';

/** What the functions of ${source} take and return. */
export type ${type}Specs = {
${Object.values(specs)
  .map((spec) => `  /** ${showSignature(spec)} */\n  ${field(spec.name, spec, '  ')};\n`)
  .join('')}};

/** For \`sf.functions(${source})\` and \`sf.mapShards\`. */
export declare const ${source}: BuiltLibrary<${type}Specs>;

/** For a plain node-redis client: \`createCluster({ functions: { ${source}: ${source}Functions } })\`. */
export declare const ${source}Functions: NodeRedisFunctions<${type}Specs>;

/**
 * Tells \`shardfold prune\` that such a client calls these functions: \`createCluster({ defaults: { name: ${source}ClientName } })\`;
 * where it calls several libraries, \`clientName\` of shardfold/functions makes one name of theirs.
 */
export declare const ${source}ClientName: string;
`;
}

/** The type of exactly this value. */
function printType(value: unknown, indent: string): string {
  if (Array.isArray(value)) return `readonly [${value.map((item) => printType(item, indent)).join(', ')}]`;
  return typeof value === 'object' && value !== null ? printObject(value, indent) : JSON.stringify(value);
}

function printObject(value: object, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(value).map(([name, item]) => field(name, item, inner));
  if (fields.length === 0) return '{}';
  const line = `{ ${fields.join('; ')} }`;
  if (line.length < LINE && !line.includes('\n')) return line;
  return `{\n${fields.map((one) => `${inner}${one};\n`).join('')}${indent}}`;
}

const LINE = 100;

/** The name of a function may begin with a digit. */
const field = (name: string, value: unknown, indent: string): string =>
  `readonly ${/^\d/.test(name) ? JSON.stringify(name) : name}: ${printType(value, indent)}`;
