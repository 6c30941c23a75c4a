/**
 * All keys of ours on the servers, as SCAN finds them. While slots move it may miss some or give them twice: good enough to
 * find garbage, and used for nothing else.
 */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { type ParsedKey, parseKey } from './keys.js';

/** Keys that one call looks at: well under a millisecond. */
const COUNT = 500;

export async function scanKeys(
  link: ClusterLink,
  visit: (key: string, parsed: ParsedKey) => Promise<void>,
  context: CallContext,
): Promise<void> {
  const pattern = `${link.prefix.replace(/[*?[\]\\^-]/g, '\\$&')}:{*`;
  const primaries = link.nodes().filter(({ role }) => role === 'primary');
  await Promise.all(
    primaries.map(async ({ id }) => {
      let cursor = '0';
      do {
        const command = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', `${COUNT}`];
        const reply = await link.callNode(id, command, context, true);
        const [next, keys] = Array.isArray(reply) ? reply : [];
        for (const key of Array.isArray(keys) ? keys : []) {
          const parsed = parseKey(link.prefix, String(key));
          if (parsed) await visit(String(key), parsed);
        }
        context.progress();
        cursor = String(next);
      } while (cursor !== '0');
    }),
  );
}
