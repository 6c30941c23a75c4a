import fc from 'fast-check';
import { connectCluster } from '../../src/cluster/connect.js';
import { SLOTS, slotOf, tagForSlot } from '../../src/cluster/slots.js';
import { sharedUrl } from '../harness/cluster.js';

describe('slotOf', () => {
  it('is CRC16-XMODEM of the hash tag', () => {
    expect(slotOf('123456789')).toBe(0x31c3);
    expect(slotOf('foo')).toBe(12182);
    expect(slotOf('{foo}bar')).toBe(12182);
    expect(slotOf('a{foo}{bar}')).toBe(12182);
    expect(slotOf('')).toBe(0);
  });

  it('agrees with the server for all keys', async () => {
    const link = await connectCluster({ url: sharedUrl(1) });
    const { id } = link.ownerOf(0);
    const key = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-b{}]*$/));
    try {
      const agrees = async (text: string) =>
        (await link.callNode(id, ['CLUSTER', 'KEYSLOT', text], link.context())) === slotOf(text);
      await fc.assert(fc.asyncProperty(key, agrees), { numRuns: 300 });
    } finally {
      await link.close();
    }
  });
});

describe('tagForSlot', () => {
  it('has a tag for every slot, which lies there and is always the same', () => {
    const tags = Array.from({ length: SLOTS }, (_, slot) => tagForSlot(slot));
    tags.forEach((tag, slot) => {
      if (!/^[a-z0-9]+$/.test(tag) || slotOf(`sf:{${tag}}:x`) !== slot) throw new Error(`slot ${slot} has tag ${tag}`);
    });
    expect(new Set(tags).size).toBe(SLOTS);
    expect([tagForSlot(0), tagForSlot(16383)]).toEqual([tags[0], tags[16383]]);
  });

  it('refuses what is no slot', () => {
    for (const slot of [-1, 16384, 1.5, Number.NaN]) expect(() => tagForSlot(slot)).toThrow(RangeError);
  });
});
