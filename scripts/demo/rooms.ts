/** What the demo borrows from the command line, as one module. */
export { paint } from '../../src/cli/output.js';
export { formatTable } from '../../src/cli/table.js';
export { formatBytes, formatCount, formatMs } from '../../src/cli/units.js';
