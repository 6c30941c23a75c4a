/** Key → hash slot, as every server of a cluster computes it, and the way back: a hash tag for a slot. */

export const SLOTS = 16384;

const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

const step = (crc: number, byte: number): number => ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ byte] as number);

/** CRC16-XMODEM of the hash tag: what stands between the first `{` and the next `}`, or the whole key where that is empty or missing. */
export function slotOf(key: string | Buffer): number {
  if (typeof key !== 'string') return slotOfBytes(tagOf(key));
  let start = 0;
  let end = key.length;
  const open = key.indexOf('{');
  if (open !== -1) {
    const close = key.indexOf('}', open + 1);
    if (close > open + 1) {
      start = open + 1;
      end = close;
    }
  }
  let crc = 0;
  for (let i = start; i < end; i++) {
    const unit = key.charCodeAt(i);
    if (unit > 127) return slotOfBytes(Buffer.from(key.slice(start, end)));
    crc = step(crc, unit);
  }
  return crc & (SLOTS - 1);
}

function tagOf(key: Buffer): Buffer {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  return close > open + 1 ? key.subarray(open + 1, close) : key;
}

function slotOfBytes(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = step(crc, byte);
  return crc & (SLOTS - 1);
}

let tags: (string | undefined)[] | undefined;

/** The shortest (then first in base 36) tag of `[a-z0-9]+` that lies in the slot. Always the same, so that keys can be rebuilt. */
export function tagForSlot(slot: number): string {
  if (!Number.isInteger(slot) || slot < 0 || slot >= SLOTS) throw new RangeError(`no such slot: ${slot}`);
  tags ??= buildTags();
  return tags[slot] as string;
}

function buildTags(): (string | undefined)[] {
  const table = new Array<string | undefined>(SLOTS).fill(undefined);
  for (let found = 0, n = 0; found < SLOTS; n++) {
    const tag = n.toString(36);
    const slot = slotOf(tag);
    if (table[slot] === undefined) {
      table[slot] = tag;
      found++;
    }
  }
  return table;
}
