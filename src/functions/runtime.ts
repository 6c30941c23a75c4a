/** The Lua modules that bundles of users' libraries need and that Shardfold brings. */
import number from '../../lua/functions/number.lua';
import wire from '../../lua/functions/wire.lua';
import { type LuaModule, WIRE_MODULE } from './bundle.js';

const MODULES: Readonly<Record<string, LuaModule>> = {
  [WIRE_MODULE]: { file: 'shardfold/wire.lua', text: wire },
  'shardfold.number': { file: 'shardfold/number.lua', text: number },
};

/** A module of ours by the name it is required by: `shardfold.wire`, … */
export const runtimeModule = (name: string): LuaModule | undefined =>
  Object.hasOwn(MODULES, name) ? MODULES[name] : undefined;
