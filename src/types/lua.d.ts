/** `lua/library.lua` as the build hands it over: bundled, see scripts/lua-library.mjs. */
declare module '*.lua' {
  const library: import('../functions/bundle.js').Bundle;
  export default library;
}
