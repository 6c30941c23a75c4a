/** What every library may require of ours: it converts arguments and results. */
import number from '../../../lua/functions/number.lua';
import wire from '../../../lua/functions/wire.lua';
import type { LuaModule } from '../bundle.js';

const own = (name: string, text: string): [string, LuaModule] => [
  `shardfold.${name}`,
  { file: `shardfold/${name}.lua`, text },
];

/** By the names that they are required by. */
export const RUNTIME: ReadonlyMap<string, LuaModule> = new Map([own('number', number), own('wire', wire)]);

/** Names that no module of a user can have. */
export const isRuntime = (name: string): boolean => name.startsWith('shardfold.');
