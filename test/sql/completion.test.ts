/** What Tab makes of the end of a line. */
import { completions } from '../../src/cli/sql-completion.js';

const names = new Map([
  ['orders', ['id', 'price', 'priority']],
  ['customers', ['id', 'Name']],
]);

it.each<[line: string, before: string, found: string[]]>([
  ['sel', '', ['SELECT ']],
  ['select pri', '', ['price ', 'priority ']],
  ['select * from ord', '', ['ORDER ', 'orders ']],
  ['select * from orders o where o.pr', '', ['o.price ', 'o.priority ']],
  ['where O.pri', 'select * from orders as o', ['O.price ', 'O.priority ']],
  ['select * from orders o join customers c on o.id = c.', '', ['c.id ', 'c."Name" ']],
  ['select * from orders where orders.i', '', ['orders.id ']],
  ['select x.i', '', []],
  ['\\d ', '', ['orders ', 'customers ']],
  ['\\d or', '', ['orders ']],
  ['\\d s', '', []],
])('%s', (line, before, found) => {
  expect(completions(line, before, names)[0]).toEqual(found);
});
