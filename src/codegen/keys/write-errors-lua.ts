/** Which key an expression failed for, in scripts that write: keys before it in the same call have been written by then. */

/** What an error says of its key: the slot (-1 without a cluster), and the bytes of the name. */
const AT_KEY = / at_slot:(-?\d+) at_key:([0-9a-f]*)/;

/**
 * A script whose failures of expressions name the key at which `at_key` and `at_slot` stood. Everything is one function, so that none
 * of its locals counts among the 60 that a function may reach out of itself.
 */
export function namingKeys(text: string): string {
  return `local at_key, at_slot
local function main()
${text}
end
local done, said = pcall(main)
if done then return said end
-- Servers make a text of the error on the way, or leave the table.
local raised = type(said) == 'table' and said.err or tostring(said)
if at_key and (string.find(raised, '^NUMERIC_OVERFLOW ') or string.find(raised, '^OUT_OF_RANGE ') or string.find(raised, '^CAST_FAILED ')) then
  local name = string.gsub(at_key, '.', function(char) return string.format('%02x', string.byte(char)) end)
  error({ err = raised .. ' at_slot:' .. (at_slot or -1) .. ' at_key:' .. name })
end
error({ err = raised })`;
}

/** The key that an error reply names, if it does. */
export function keyOfError(text: string): { readonly slot: number | undefined; readonly key: Buffer } | undefined {
  const [, slot, hex] = AT_KEY.exec(text) ?? [];
  if (slot === undefined || hex === undefined) return undefined;
  return { slot: Number(slot) < 0 ? undefined : Number(slot), key: Buffer.from(hex, 'hex') };
}
