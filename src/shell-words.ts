/** Texts as a shell (POSIX) takes them for one word: what a hint tells to type can be pasted, whatever the names in it. */

/** In quotes: in single ones where it has none itself, else in double ones where they change nothing. */
export function shellQuoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  // At a prompt a shell looks for `!` in double quotes, too.
  if (!/["$`\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In quotes where it needs them. */
export const shellWord = (text: string): string => (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(text) ? text : shellQuoted(text));
