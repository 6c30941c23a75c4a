import type { Printer, StringLiteral } from 'typescript-to-lua';
import type { Compilers } from './compilers.js';

/** TypeScriptToLua's printer writes "\0" and "1" as "\01", which is another byte. */
export function printerOf({ tstl }: Compilers): Printer {
  class OwnPrinter extends tstl.LuaPrinter {
    override printStringLiteral(literal: StringLiteral) {
      return this.createSourceNode(literal, quote(literal.value));
    }
  }
  return (program, host, fileName, file) => new OwnPrinter(host, program, fileName).print(file);
}

const quote = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be escaped
  `"${text.replace(/[\x00-\x1f\x7f"\\]/g, (char) => `\\${String(char.charCodeAt(0)).padStart(3, '0')}`)}"`;
