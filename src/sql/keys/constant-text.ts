/** Constant arguments of functions in FROM. */

import type { Node } from 'libpg-query';
import { constant, literalOf, parameter } from '../constants.js';
import type { Statement } from '../env.js';
import type { Offset } from '../text.js';

/** @returns the text, null for NULL, undefined for what is no constant text */
export function constantText(node: Node, statement: Statement): string | null | undefined {
  if ('TypeCast' in node && node.TypeCast.arg) return constantText(node.TypeCast.arg, statement);
  const value =
    'A_Const' in node
      ? literalOf(constant(node.A_Const, statement))
      : 'ParamRef' in node
        ? literalOf(parameter(node.ParamRef, statement))
        : undefined;
  return typeof value === 'string' || value === null ? value : undefined;
}

/** Where the character `index` of a constant text stands in the statement; the whole constant where it is not written plainly. */
export function placeInText(node: Node, index: number, { sql }: Pick<Statement, 'sql'>): Offset {
  if ('TypeCast' in node && node.TypeCast.arg) return placeInText(node.TypeCast.arg, index, { sql });
  const start = 'A_Const' in node ? node.A_Const.location : 'ParamRef' in node ? node.ParamRef.location : undefined;
  const value = 'A_Const' in node ? (node.A_Const.sval?.sval ?? '') : '';
  if (start === undefined || !sql.isPlainText(start, value)) return start;
  // Quotes within are written twice.
  return start + 1 + Buffer.byteLength(value.slice(0, index).replaceAll("'", "''"));
}
