/** Everything that rows can come from. */
export { arrowSource } from './arrow.js';
export type { ArrowBatch, ArrowTable } from './arrow-facts.js';
export { type Columns, columnsSource } from './columns.js';
export { type FileFormat, type FileOptions, fileSource } from './file.js';
export { type Row, rowsSource } from './rows.js';
export type { ColumnWishes, Source, SourceField } from './source.js';
export { batchesSource, type SourceOptions, toSource } from './to-source.js';
