/** Keys with more members, or bytes, than one call should read: slice by slice. */

import type { LargeKey } from '../../codegen/keys/call.js';
import type { Piece } from './pieces.js';
import type { Reading } from './reading.js';
import { SetPiece } from './set-piece.js';
import { SlicePiece } from './slice-piece.js';
import { ValuePiece } from './value-piece.js';

/** @param slot that they lie in */
export function largeKeyPieces(reading: Reading, slot: number, keys: readonly LargeKey[]): Piece[] {
  if (keys.length === 0) return [];
  const { largeValues } = reading.walk.script();
  if (largeValues !== undefined) return keys.map((large) => new ValuePiece(reading, slot, large, largeValues));
  const isSet = reading.walk.snapshot.keys.kind === 'set';
  return keys.map(({ key }) => (isSet ? new SetPiece(reading, slot, key) : new SlicePiece(reading, slot, key)));
}
