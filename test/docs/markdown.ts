/** The code blocks of a Markdown file, and a way to write them anew. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Block {
  /** `sh`, `js`, `ts`, `text`, …; empty where the fence names none. `hidden`: shell in an HTML comment `<!-- run … -->`. */
  readonly language: string;
  /** The words behind the language. */
  readonly words: readonly string[];
  readonly code: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

const OPENING = /^ *(`{3,})(\S*)(?: +(.*))?$/;

export function blocksOf(file: string): Block[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const isComment = lines[i] === '<!-- run';
    const opening = isComment ? ['', '-->', 'hidden', ''] : OPENING.exec(lines[i] as string);
    if (opening === null) continue;
    const [, closing, language = '', words = ''] = opening;
    const first = i + 1;
    for (i = first; lines[i]?.trim() !== closing; i++) {
      if (i === lines.length) throw new Error(`${file}:${first}: this block has no end`);
    }
    const code = lines.slice(first, i).join('\n');
    blocks.push({ language, words: words.split(' ').filter(Boolean), code, line: first });
  }
  return blocks;
}

/** Puts another text into a block; blocks after it then lie elsewhere, so the last is to be replaced first. */
export function replaceBlock(file: string, block: Block, code: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const before = block.code === '' ? 0 : block.code.split('\n').length;
  lines.splice(block.line, before, ...code.split('\n'));
  writeFileSync(file, lines.join('\n'));
}
