/** `--schema FILE`: what keys hold, for statements that do not say. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { ShardfoldError } from '../../errors.js';
import { type KeySchemas, keyShapes } from '../../query/keys-schemas.js';
import type { KeyShapes } from '../../sql/keys/look-up.js';

export interface SchemaFlags {
  schema?: string;
}

export function schemaOption(command: Command): Command {
  return command.addOption(
    new Option('--schema <file>', 'what keys in FROM hold, as "shardfold schema --json" prints it'),
  );
}

/** @throws FILE_UNREADABLE, INVALID_ARGUMENT naming the file */
export async function readShapes({ schema: file }: SchemaFlags): Promise<KeyShapes | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new ShardfoldError('FILE_UNREADABLE', `${file} cannot be read: ${cause.message}`, { cause });
  });
  try {
    return keyShapes(JSON.parse(text) as KeySchemas);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const hint = "shardfold schema 'order:*' --json writes such a file";
      throw new ShardfoldError('INVALID_ARGUMENT', `${file} is no JSON: ${error.message}`, { hint, cause: error });
    }
    if (!(error instanceof ShardfoldError)) throw error;
    const { code, message, hint } = error;
    throw new ShardfoldError(code, `${file}: ${message}`, { ...(hint !== undefined && { hint }), cause: error });
  }
}
