/** How much Lua one library may be. */
import type { LuaModule } from '../bundle.js';
import type { Problem } from '../problems.js';

/**
 * In bytes. Servers stop a load after half a second, in which they serve nobody else. Measured with Redis 7.0 on two cores: text
 * full of function calls loads at 25 to 40 ms a megabyte, and 15.6 MB of it were refused ("FUNCTION LOAD timeout"). This leaves a slow
 * server a quarter of that. Whole libraries count: a load takes all of it.
 */
export const LOAD_LIMIT = 4 * 2 ** 20;

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** @param code What the servers would load. */
export function loadProblems(library: string, code: string, modules: Iterable<LuaModule>): Problem[] {
  const bytes = Buffer.byteLength(code);
  if (bytes <= LOAD_LIMIT) return [];
  const [largest] = [...modules].sort((a, b) => b.text.length - a.text.length);
  return [
    {
      file: largest?.file ?? library,
      line: 1,
      problem: `the library ${library} is ${megabytes(bytes)} of Lua (this file most of it); ${megabytes(LOAD_LIMIT)} are allowed`,
      hint: 'servers stop a load that takes half a second; data belongs into keys',
    },
  ];
}
