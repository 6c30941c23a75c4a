/** Who is connected and says what it calls: the connections of apps carry the names of their libraries. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { announcedBy } from '../define/client-name.js';

/** One connection of an app. */
export interface AnnouncedClient {
  /** Its own, as the server sees it. */
  readonly address: string;
  /** The node that it is connected to. */
  readonly node: string;
  /** Seconds since it connected. */
  readonly age: number;
  readonly user: string;
  /** As FUNCTION LIST shows them. */
  readonly libraries: readonly string[];
}

/** Asks every node that the cluster does not call failed. @throws NO_PERMISSION, and whatever stands in the way of asking */
export async function announcedClients(link: ClusterLink, context: CallContext): Promise<AnnouncedClient[]> {
  const nodes = link.nodes().filter(({ down }) => !down);
  const read = async ({ id, address }: { id: string; address: string }) => {
    try {
      const reply = await link.callNode(id, ['CLIENT', 'LIST'], context, true);
      return parseClients(String(reply), address);
    } catch (error) {
      if (!(error instanceof ShardfoldError) || error.code !== 'NO_PERMISSION') throw error;
      throw new ShardfoldError(error.code, `nobody can tell which apps are connected: ${error.message}`, {
        shard: address,
        hint: 'give this user +client|list; --force prunes whatever apps call',
        cause: error,
      });
    }
  };
  return (await Promise.all(nodes.map(read))).flat();
}

/** `id=3 addr=127.0.0.1:5000 … name=shardfold:board_1f0c… age=12 …`, a line a connection. */
export function parseClients(list: string, node: string): AnnouncedClient[] {
  return list.split('\n').flatMap((line) => {
    const fields = new Map(line.split(' ').map((pair): [string, string] => splitAt(pair, pair.indexOf('='))));
    const libraries = announcedBy(fields.get('name') ?? '');
    if (libraries.length === 0) return [];
    const text = (name: string) => fields.get(name) ?? '';
    return [{ address: text('addr'), node, age: Number(text('age')), user: text('user'), libraries }];
  });
}

const splitAt = (pair: string, at: number): [string, string] => [pair.slice(0, at), pair.slice(at + 1)];
