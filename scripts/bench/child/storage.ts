/** What the import benchmark needs of the rooms, as one module. */
export { connectCluster } from '../../../src/cluster/connect.js';
export { fileSource } from '../../../src/storage/sources/index.js';
export { writeTable } from '../../../src/storage/write.js';
