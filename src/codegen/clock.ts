/** `clock()`, microseconds, for scripts: what functions require as `core.clock`. */

import clockModule from '../../lua/core/clock.lua';

/** Every call would send the comments along where the script is not known. */
const text = clockModule.replace(/^\s*--.*\n/gm, '').replace(/\n+/g, '\n');

export const CLOCK = `local clock = (function()\n${text}end)()`;

/** The last line of a script that answers with what it computed, the microseconds since `started`, and the rows that it accounts for. */
export const timedReply = (rows: string): string => `return { result, clock() - started, ${rows} }`;
