/** A Lua module → the server functions that it holds: those with an annotation block. */
import type { Chunk, Expression, Node, Statement, TableKeyString } from 'luaparse';
import type { LuaModule, SourceFunction } from '../bundle.js';
import type { Problem } from '../problems.js';
import { type Annotation, readAnnotations } from './annotations.js';
import { isProblem, parseLua } from './lua-parse.js';

export interface LuaSource {
  readonly functions: readonly SourceFunction[];
  readonly problems: readonly Problem[];
}

/** @param name The name that the module is required by. */
export function readLuaSource(name: string, module: LuaModule): LuaSource {
  const { file } = module;
  const parsed = parseLua(module);
  if (isProblem(parsed)) return { functions: [], problems: [parsed] };
  const { annotations, problems } = readAnnotations(file, parsed.comments);
  const functions: SourceFunction[] = [];
  for (const annotation of annotations) {
    const found = locate(annotation, parsed.chunk, name, file);
    if ('problem' in found) problems.push(found);
    else functions.push(found);
  }
  return { functions, problems };
}

/** Which field of the module is the function below the block. */
function locate({ spec, line, end }: Annotation, chunk: Chunk, module: string, file: string): SourceFunction | Problem {
  const fault = (problem: string, hint: string): Problem => ({ file, line, problem: `${spec.name}: ${problem}`, hint });
  const below = ({ loc }: Node) => loc?.start.line === end + 1;
  const returned = returnedBy(chunk);
  const fields = returned?.type === 'TableConstructorExpression' ? returned.fields : [];
  const own = fields.find((field) => field.type === 'TableKeyString' && below(field)) as TableKeyString | undefined;
  if (own) return { name: spec.name, flags: spec.flags, module, spec, file, line, field: own.key.name };
  const statement = chunk.body.find(below);
  if (!statement) return fault('no function stands right below the block', 'function M.name(keys, args) … end');
  const place = placeOf(statement, chunk);
  if (typeof place === 'string') return fault(place, 'function M.name(keys, args) … end, and return M at the end');
  return { name: spec.name, flags: spec.flags, module, spec, file, line, ...place };
}

type Place = { readonly field?: string };

function placeOf(statement: Statement, chunk: Chunk): Place | string {
  if (statement.type === 'ReturnStatement') {
    const [value, ...more] = statement.arguments;
    return value?.type === 'FunctionDeclaration' && more.length === 0
      ? {}
      : 'what is returned below the block is no function';
  }
  if (statement.type === 'FunctionDeclaration') {
    const { identifier } = statement;
    if (identifier?.type === 'Identifier') {
      return statement.isLocal ? fieldOf(identifier.name, chunk) : 'a global function cannot be, functions are local';
    }
    return identifier ? memberOf(identifier, chunk) : 'the function has no name';
  }
  if (statement.type === 'AssignmentStatement' && statement.variables.length === 1) {
    return memberOf(statement.variables[0] as Expression, chunk);
  }
  if (statement.type === 'LocalStatement' && statement.variables.length === 1) {
    return fieldOf((statement.variables[0] as { name: string }).name, chunk);
  }
  return 'what stands below the block is no function';
}

const MISSING_RETURN = 'the module does not return it';

/** `M.name`, where the module returns `M`. */
function memberOf(target: Expression, chunk: Chunk): Place | string {
  if (target.type !== 'MemberExpression' || target.base.type !== 'Identifier')
    return 'what stands below the block is no function';
  if (target.indexer === ':') return 'a method takes self before keys: write M.name, not M:name';
  const returned = returnedBy(chunk);
  if (returned?.type !== 'Identifier' || returned.name !== target.base.name) return MISSING_RETURN;
  return { field: target.identifier.name };
}

/** The field under which the module returns a local: `return name`, `return { field = name }`, `M.field = name … return M`. */
function fieldOf(local: string, chunk: Chunk): Place | string {
  const isIt = (value: Expression | undefined) => value?.type === 'Identifier' && value.name === local;
  const returned = returnedBy(chunk);
  if (isIt(returned)) return {};
  if (returned?.type === 'TableConstructorExpression') {
    for (const field of returned.fields)
      if (field.type === 'TableKeyString' && isIt(field.value)) return { field: field.key.name };
  }
  if (returned?.type === 'Identifier') {
    for (const statement of chunk.body) {
      if (statement.type !== 'AssignmentStatement' || !isIt(statement.init[0])) continue;
      const [target] = statement.variables;
      if (
        target?.type === 'MemberExpression' &&
        target.base.type === 'Identifier' &&
        target.base.name === returned.name
      ) {
        return { field: target.identifier.name };
      }
    }
  }
  return MISSING_RETURN;
}

/** The one value that the module returns at its end. */
function returnedBy({ body }: Chunk): Expression | undefined {
  const last = body[body.length - 1];
  return last?.type === 'ReturnStatement' && last.arguments.length === 1 ? last.arguments[0] : undefined;
}
