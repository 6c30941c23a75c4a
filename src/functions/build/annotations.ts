/** The blocks of comments that make a Lua function a server function. */
import { closest } from '../../suggest.js';
import { specProblem } from '../define/check-spec.js';
import type { Schema } from '../define/schema.js';
import type { FunctionFlag, FunctionSpec, KeySchema } from '../define/spec.js';
import type { Problem } from '../problems.js';
import { readType, TypeProblem } from './annotation-type.js';
import type { Comment } from './lua-parse.js';

export interface Annotation {
  readonly spec: FunctionSpec;
  /** The line of ---@function. */
  readonly line: number;
  /** The last line of the block: the function stands right below. */
  readonly end: number;
}

const TAGS = ['function', 'flags', 'key', 'arg', 'return'];
/** Tags of the Lua language server, which mean nothing to us. */
const FOREIGN =
  `alias as async cast class deprecated diagnostic enum field generic meta module nodiscard operator overload package
  param private protected see source type vararg version`.split(/\s+/);

interface Tag {
  readonly tag: string;
  readonly rest: string;
  readonly line: number;
}

/** All blocks of a file, and what is wrong in them. */
export function readAnnotations(
  file: string,
  comments: readonly Comment[],
): { annotations: Annotation[]; problems: Problem[] } {
  const annotations: Annotation[] = [];
  const problems: Problem[] = [];
  for (const block of blocksOf(comments)) {
    const tags = block.flatMap((comment) => tagOf(comment, file, problems));
    if (!tags.some(({ tag }) => TAGS.includes(tag) && tag !== 'return')) continue;
    const end = lineOf(block[block.length - 1] as Comment);
    const read = readBlock(tags, file, problems);
    if (read) annotations.push({ ...read, end });
  }
  return { annotations, problems };
}

const lineOf = ({ loc }: Comment): number => loc?.start.line ?? 0;

/** Comments of one line each that follow each other. */
function blocksOf(comments: readonly Comment[]): Comment[][] {
  const blocks: Comment[][] = [];
  let last = -1;
  for (const comment of comments) {
    if (/^--\[=*\[/.test(comment.raw)) continue;
    const line = lineOf(comment);
    if (line === last + 1) (blocks[blocks.length - 1] as Comment[]).push(comment);
    else blocks.push([comment]);
    last = line;
  }
  return blocks;
}

function tagOf(comment: Comment, file: string, problems: Problem[]): Tag[] {
  const [, dashes, tag, rest] = /^(-+)\s*@(\w+)\s*(.*)$/.exec(comment.raw.trimEnd()) ?? [];
  if (dashes === undefined || tag === undefined || rest === undefined) return [];
  const line = lineOf(comment);
  if (dashes.length !== 3) {
    if (TAGS.includes(tag))
      problems.push({ file, line, problem: `@${tag} wants three dashes`, hint: `---@${tag} ${rest}` });
    return [];
  }
  return [{ tag, rest, line }];
}

function readBlock(tags: readonly Tag[], file: string, problems: Problem[]): Omit<Annotation, 'end'> | undefined {
  const before = problems.length;
  const refuse = (line: number, problem: string, hint?: string) => {
    problems.push({ file, line, problem, ...(hint !== undefined && { hint }) });
  };
  const [head, ...more] = tags.filter(({ tag }) => tag === 'function');
  if (!head) {
    const [first] = tags.filter(({ tag }) => TAGS.includes(tag));
    refuse(first?.line ?? 1, `---@${first?.tag} stands in a block without ---@function`, '---@function name');
    return undefined;
  }
  for (const { line } of more) refuse(line, 'a block has one ---@function', 'one block a function');
  const name = head.rest.split(/\s/)[0] as string;
  if (name === '') refuse(head.line, 'the name is missing', '---@function name');
  const flags: string[] = [];
  const keys = new Map<string, Schema>();
  const args = new Map<string, Schema>();
  let returns: Schema | undefined;
  for (const { tag, rest, line } of tags) {
    try {
      if (tag === 'flags') flags.push(...rest.split(/[\s,]+/).filter((flag) => flag !== ''));
      else if (tag === 'key') addNamed(keys, rest);
      else if (tag === 'arg') addNamed(args, rest);
      else if (tag === 'return') {
        if (returns) refuse(line, 'a function returns one value', 'return an array T[] or a record { name: T }');
        returns = readType(rest);
      } else if (tag !== 'function' && !FOREIGN.includes(tag)) {
        const meant = closest(tag, TAGS);
        refuse(
          line,
          `unknown annotation ---@${tag}`,
          meant ? `did you mean ---@${meant}?` : `there are ${TAGS.join(', ')}`,
        );
      }
    } catch (error) {
      if (!(error instanceof TypeProblem)) throw error;
      refuse(line, `---@${tag} ${rest}: ${error.message}`);
    }
  }
  const spec: FunctionSpec = {
    name,
    flags: flags as FunctionFlag[], // an unknown one is named when the library is put together
    keys: Object.fromEntries(keys) as Record<string, KeySchema>,
    args: Object.fromEntries(args),
    returns: returns ?? { kind: 'null' },
  };
  // Names and flags are looked at when all functions are known.
  const problem = specProblem({ ...spec, name: 'any', flags: [] });
  if (problem !== undefined) refuse(head.line, problem);
  return problems.length === before ? { spec, line: head.line } : undefined;
}

/** `score number` */
function addNamed(to: Map<string, Schema>, text: string): void {
  const [, name, type] = /^([A-Za-z_]\w*)\s+(.*)$/.exec(text) ?? [];
  if (name === undefined || type === undefined)
    throw new TypeProblem('a name and a type are wanted, such as "score number"');
  if (to.has(name)) throw new TypeProblem(`${name} stands there twice`);
  to.set(name, readType(type));
}
