/**
 * Compares printed output with what a document shows of it. What differs from run to run is masked: times, rates, ports, process ids, hashes,
 * versions, counts of calls. Answers are not.
 */
import { type Block, replaceBlock } from './markdown.js';

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b\d+ min \d+ s\b/g, '# s'],
  [/\b[\d.]+ (?:ms|s)\b/g, '# s'],
  [/\b[\d.]+ (?:[kMG] )?(rows|keys)\/s/g, '# $1/s'],
  [/\b(\w*(?:Ms|[cC]alls|bytesSent|bytesReceived)): [\d.]+/g, '$1: #'],
  [/\b[0-9a-f]{40}\b/g, '<id>'],
  [/(\b|_)[0-9a-f]{12}\b/g, '$1<hash>'],
  // How many functions there are.
  [/<hash> +\d+/g, '<hash> #'],
  [/(<hash> #) +[\d.]+ kB/g, '$1 # kB'],
  [/\breleases, [\d.]+ kB/g, 'releases, # kB'],
  [/\bat most [\d.]+ \w+ of [\d.]+ \w+ used \(\d+ %\)/g, 'memory used'],
  // Of now; what documents compute with is older.
  [/\b20[2-9]\d-\d\d-\d\d[T ][\d:.]+(?:Z| UTC)/g, '<time>'],
  [/\b[\w.-]+@[\w.-]+/g, '<who>'],
  [/\buser_function:\d+/g, 'user_function:#'],
  [/\b(primary|replica) +\d+/g, '$1 <pid>'],
  [/\bkill \d+/g, 'kill <pid>'],
  [/\b(?:redis|valkey) \d+\.\d+\.\d+(?:, \S+)?/g, '<server>'],
  [/\b127\.0\.0\.1:\d+/g, '<address>'],
  [/\b[\d,]+ calls\b/g, '# calls'],
  [/\b[\d.]+ [kM]?B (moved|received)/g, '# $1'],
  // What keys take differs from server to server.
  [/\b[\d.]+ [kM]?B +[\d.]+ % +[\d.]+ [kM]?B +[\d.]+ [kM]?B\b/g, '# B # % # B # B'],
  [/\b(string|list|set|zset|hash) +[\d.]+ [kM]?B\b/g, '$1 # B'],
  [/\bkeys, [\d.]+ [kM]?B,/g, 'keys, # B,'],
  [/\bby pulling [\d.]+ MB/g, 'by pulling # MB'],
  [/\bshare \d+ cores/g, 'share # cores'],
  [/\bfaster for \d+ of 6/g, 'faster for # of 6'],
];

/** A line `…` of a document stands for any lines. */
const ELLIPSIS = '…';

/** Columns move with the width of what is masked, so runs of blanks and of dashes count as one. */
function plain(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) =>
      MASKS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), line)
        .replace(/─+/g, '─')
        .replace(/[─\s]+/g, ' ')
        .trim(),
    );
}

/** Whether lines from `i` and shown lines from `j` on agree. */
function agrees(actual: readonly string[], shown: readonly string[], i = 0, j = 0): boolean {
  for (; j < shown.length; i++, j++) {
    if (shown[j] === ELLIPSIS) {
      for (let skip = i; skip <= actual.length; skip++) if (agrees(actual, shown, skip, j + 1)) return true;
      return false;
    }
    if (i >= actual.length || actual[i] !== shown[j]) return false;
  }
  return i === actual.length;
}

const updates: { file: string; block: Block; text: string }[] = [];

/**
 * Expects that a block shows this output. With UPDATE_DOCS=1 in the environment a block that does not is noted for
 * `writeUpdates`, unless it has a `…`.
 */
export function expectShown(file: string, block: Block, output: string): void {
  const [actual, shown] = [plain(output), plain(block.code)];
  if (agrees(actual, shown)) return;
  if (process.env.UPDATE_DOCS && !shown.includes(ELLIPSIS)) {
    updates.push({ file, block, text: output.trimEnd() });
    return;
  }
  const where = `${file}:${block.line} (UPDATE_DOCS=1 npm test -- test/docs test/demo writes what is printed)`;
  expect({ where, lines: actual }).toEqual({ where, lines: shown });
}

/** Writes the noted outputs into their documents; the last of a file first, for it moves those behind it. */
export function writeUpdates(): void {
  for (const { file, block, text } of updates.sort((a, b) => b.block.line - a.block.line))
    replaceBlock(file, block, text);
  updates.length = 0;
}
