/** The row of a key whose value came here: by the JavaScript twin of the kernel that would have read it in its shard. */

import type { SliceColumn } from '../../codegen/js-kernel.js';
import { compileJavaScript } from '../../codegen/js-runtime.js';
import type { KeyKernel } from '../../codegen/keys/kernel.js';
import { type Partial, readPartial } from '../../codegen/partial.js';
import { ShardfoldError } from '../../errors.js';
import { isFailure } from '../../expr/runtime/failure.js';
import type { Physical } from '../../expr/typed.js';
import type { KeyColumn } from '../../plan/keys/source.js';
import { printableKey } from './printable.js';
import { parseRaw, rawSource } from './raw.js';
import type { KeyValue, KeyWalk, Unparsable } from './types.js';

/** How a walk takes what kernels compute: in the shards call by call, and here value by value. */
export function takesPartials(
  take: (partial: Partial, note: (found: Unparsable) => void) => Promise<void> | undefined,
): Pick<KeyWalk, 'take' | 'takeValue'> {
  return {
    take: (bytes, script, note) => take(partialOf(script as KeyKernel, bytes), note),
    takeValue: (value, script, note) => {
      const { partial, found } = rowOnClient(script as KeyKernel, value);
      note(found);
      return take(partial, note);
    },
  };
}

function rowOnClient(kernel: KeyKernel, value: KeyValue): { readonly partial: Partial; readonly found: Unparsable } {
  const { source, twin } = kernel;
  const { columns } = twin.body.shape;
  const wanted = columns.map(({ index }) => index);
  const texts = rawSource(source, wanted).columns.map((column) => [factOf(value, column)]);
  const found = parseRaw(source, wanted, texts);
  const { constants, lists } = twin.body;
  const input = {
    rows: 1,
    columns: found.columns.map(([own = null]) => oneValue(own)),
    numbers: constants.numbers,
    strings: constants.strings,
    sets: constants.sets.map(({ values }) => values),
    lists,
    // Of columns that are coded, or groups that are numbered: here there are none.
    thresholds: [],
    strides: [],
  };
  try {
    return { partial: compileJavaScript<Partial>(twin.javaScript)(input), found };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code, message, hint } = error;
    throw new ShardfoldError(code, `${message} (in key ${printableKey(value.key)} on ${value.shard})`, {
      ...(hint !== undefined && { hint }),
      shard: value.shard,
      cause: error,
    });
  }
}

/** What `rawSource` asks for. */
function factOf({ key, bytes, slot, shard, ttl, memory }: KeyValue, { from }: KeyColumn): Physical {
  switch (from.of) {
    case 'key':
      return key.toString('latin1');
    case 'value':
      return bytes.toString('latin1');
    case 'type':
      return 'string';
    case 'slot':
      return slot < 0 ? null : slot;
    case 'shard':
      return shard;
    case 'ttl':
      return ttl ?? null;
    case 'memory':
      return memory ?? null;
    default:
      throw new RangeError(`a string has no ${from.of}`);
  }
}

function oneValue(value: Physical): SliceColumn {
  return {
    values: [typeof value === 'number' ? value : 0],
    bits: Uint8Array.of(value === null ? 0 : 1),
    // Of a column of text that has none, too, it is asked for.
    text: () => (typeof value === 'string' ? value : ''),
    base: 0,
    step: 0,
    entries: 0,
  };
}

/** @throws KERNEL_FAILED where the reply is not of the shape that the kernel was generated to give */
function partialOf(kernel: KeyKernel, bytes: Buffer): Partial {
  try {
    return readPartial(kernel.body, bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `a reply of a kernel over keys cannot be read: ${error.message}`;
    throw new ShardfoldError('KERNEL_FAILED', message, { kernel: 'generated', cause: error });
  }
}
