/** `lua/library.lua` as the build hands it over: bundled, see scripts/lua-library.mjs. */
declare module '*/library.lua' {
  const library: import('../functions/bundle.js').Bundle;
  export default library;
}

/** Parts of users' libraries, and scripts sent by EVAL: their text. */
declare module '*.lua' {
  const text: string;
  export default text;
}
