/** The Lua modules that bundles of users' libraries need and that Shardfold brings. */
import wireArguments from '../../lua/functions/arguments.lua';
import json from '../../lua/functions/json.lua';
import number from '../../lua/functions/number.lua';
import reply from '../../lua/functions/reply.lua';
import show from '../../lua/functions/show.lua';
import utf8 from '../../lua/functions/utf8.lua';
import wire from '../../lua/functions/wire.lua';
import type { LuaModule } from './bundle.js';

const texts = { arguments: wireArguments, json, number, reply, show, utf8, wire };

const MODULES: ReadonlyMap<string, LuaModule> = new Map(
  Object.entries(texts).map(([name, text]) => [`shardfold.${name}`, { file: `shardfold/${name}.lua`, text }]),
);

/** A module of ours by the name it is required by: `shardfold.wire`, … */
export const runtimeModule = (name: string): LuaModule | undefined => MODULES.get(name);
