/** Public names of `shardfold/local`: a cluster of real servers on this machine, for an app's own tests. */

export { type ErrorCode, ShardfoldError } from '../errors.js';
export { type LocalCluster, type LocalClusterOptions, type LocalNode, startLocalCluster } from './cluster.js';
export { type FindServerOptions, findServer, type ServerBinary } from './server-binary.js';
