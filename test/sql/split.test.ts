import { splitStatements } from '../../src/cli/sql-split.js';

it.each([
  ['select 1;', ['select 1'], '', undefined],
  ['select 1; select 2;', ['select 1', 'select 2'], '', undefined],
  ['select 1\nfrom', [], 'select 1\nfrom', undefined],
  ["select ';';", ["select ';'"], '', undefined],
  ["select 'it''s;'; x", ["select 'it''s;'"], ' x', undefined],
  ["select 'a", [], "select 'a", "'"],
  ['select "a;', [], 'select "a;', '"'],
  ['select 1 -- no;\n;', ['select 1 -- no;'], '', undefined],
  ['/* a; /* b; */ c; */ select 1;', ['/* a; /* b; */ c; */ select 1'], '', undefined],
  ['select /* a', [], 'select /* a', '*'],
  ['select $q$ ; $q$;', ['select $q$ ; $q$'], '', undefined],
  ['select $q$ ;', [], 'select $q$ ;', '$'],
  [';; -- nothing\n;', [], '', undefined],
  ['  \n', [], '', undefined],
])('%j', (text, statements, rest, open) => {
  expect(splitStatements(text)).toEqual({ statements, rest, open });
});
