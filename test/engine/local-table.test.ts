// What is kept of a result for the steps above it is bounded.
import { LocalTableBuilder } from '../../src/engine/local-table.js';

const outputs = [
  { name: 'a', type: 'int32' },
  { name: 'b', type: 'int32' },
] as const;

it('holds as many values as it may, and no more', () => {
  const table = new LocalTableBuilder(outputs, 6);
  table.add([
    [1, 2],
    [3, 4],
  ]);
  table.add([[5], [6]]);
  expect(table.finish()).toMatchObject({ rows: 3 });
  expect(() => table.add([[7], [8]])).toThrow(
    expect.objectContaining({ code: 'TOO_MANY_ROWS', hint: expect.stringMatching(/into/) }),
  );
});
