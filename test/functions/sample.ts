import { type Bundle, bundle } from '../../src/functions/bundle.js';

/** A library for tests, made by the real bundler; `extra` makes another version of it. */
export function sampleLibrary(files: Record<string, string> = {}, extra = ''): Bundle {
  const all: Record<string, string> = {
    'sample.get': 'return function(keys) return redis.call("GET", keys[1]) end',
    'sample.append': 'return function(keys, args) return redis.call("APPEND", keys[1], args[1]) end',
    'sample.echo': 'return function(keys, args) return args end',
    'sample.crash': `local helper = require("sample.helper")\n\n${extra}\nreturn function(keys, args) return helper(args) end`,
    'sample.helper': 'return function(args)\n  local nothing\n  return nothing.field\nend',
    'sample.coded': 'return function(keys, args)\n  error({ err = "DATA_LOSS chunk 7 is gone" })\nend',
    ...files,
  };
  const names = Object.keys(all).filter((name) => name !== 'sample.helper');
  const lines = names.map((name) => {
    const short = name.split('.')[1];
    return `register("${short}", "${name}"${short === 'append' ? '' : ', { "no-writes" }'})`;
  });
  const load = (name: string) => {
    const text = all[name];
    return text === undefined ? undefined : { file: `lua/${name.replaceAll('.', '/')}.lua`, text };
  };
  return bundle({ file: 'lua/library.lua', text: lines.join('\n') }, load, 'sample');
}
