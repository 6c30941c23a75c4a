/** Names of keys in messages. */

/** Characters that a message shows. */
const SHOWN = 80;

/** A key as text: what cannot be printed as `\xhh`, also every byte beyond ASCII of a key that is no UTF-8; of a long one the beginning. */
export function printableKey(key: Buffer): string {
  const text = key.toString('utf8');
  const isText = Buffer.from(text).equals(key);
  const characters = [...(isText ? text : key.toString('latin1'))];
  const shown = characters.slice(0, SHOWN).map((character) => {
    const code = character.codePointAt(0) as number;
    const isPlain = (code >= 0x20 && code < 0x7f) || (isText && code > 0x9f);
    return isPlain ? character : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return `${shown.join('')}${characters.length > SHOWN ? '…' : ''}`;
}
