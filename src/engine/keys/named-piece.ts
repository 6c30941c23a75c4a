/** Keys of one slot by name: those for which a call had no time left. */

import type { KeyReply } from '../../codegen/keys/call.js';
import { isTrouble, type Trouble } from './ask.js';
import { largeKeyPieces } from './large-keys.js';
import type { KeyPace } from './pace.js';
import type { Piece, PieceEnd } from './pieces.js';
import type { At, Reading } from './reading.js';

/** A key that is gone by then counts nowhere. Where its slot is moving, the server says so, for a declared key may be elsewhere. */
export class NamedPiece implements Piece {
  readonly slot: number;
  readonly #reading: Reading;
  #keys: readonly Buffer[];

  constructor(reading: Reading, slot: number, keys: readonly Buffer[]) {
    this.#reading = reading;
    this.slot = slot;
    this.#keys = keys;
  }

  cut({ keys }: KeyPace): Piece | undefined {
    if (this.#keys.length <= keys) return undefined;
    const front = new NamedPiece(this.#reading, this.slot, this.#keys.slice(0, keys));
    this.#keys = this.#keys.slice(keys);
    return front;
  }

  async run(at: At): Promise<Trouble | PieceEnd> {
    return runNamed(this.#reading, at, this.slot, this.#keys);
  }
}

export async function runNamed(
  reading: Reading,
  at: At,
  slot: number,
  keys: readonly Buffer[],
): Promise<Trouble | PieceEnd> {
  const answer = await reading.ask(at, { mode: 'list', slot, budgetUs: at.node.pace.budgetUs }, keys);
  if (isTrouble(answer)) return answer;
  const { reply } = answer;
  at.node.pace.sawKeys(reply.enumerated, reply.microseconds);
  await reading.taker.take(answer);
  reading.clock.progress();
  return { microseconds: reply.microseconds, next: piecesLeft(reading, slot, reply) };
}

/** What a call has left of a slot, or of a list. */
export function piecesLeft(
  reading: Reading,
  slot: number,
  { largeKeys, rest }: Pick<KeyReply, 'largeKeys' | 'rest'>,
): Piece[] {
  const named = rest.length === 0 ? [] : [new NamedPiece(reading, slot, rest)];
  return [...named, ...largeKeyPieces(reading, slot, largeKeys)];
}
