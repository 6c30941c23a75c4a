/** What the tests of the doctor share: users on every node, for ACLs are a node's own. */
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';

export const PASSWORD = 'pw';

export const onAll = (link: ClusterLink, ...command: string[]): Promise<Reply[]> =>
  Promise.all(link.nodes().map(({ id }) => link.callNode(id, command, link.context(), true)));

/** The user anew, with these words of ACL SETUSER. */
export const setUser = (link: ClusterLink, name: string, ...rules: string[]): Promise<Reply[]> =>
  onAll(link, 'ACL', 'SETUSER', name, 'reset', 'on', `>${PASSWORD}`, ...rules);

/** A line as it is printed, with the password in place of its placeholder. */
export const runLine = (link: ClusterLink, line: string): Promise<Reply[]> =>
  onAll(link, ...line.replace(/>[A-Z_]+_PASSWORD\b/, `>${PASSWORD}`).split(' '));

export const connectAs = (url: string, username: string, prefix = 'sf'): Promise<ClusterLink> =>
  connectCluster({ url, username, password: PASSWORD, prefix });
