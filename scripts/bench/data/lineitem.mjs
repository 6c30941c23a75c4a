// The table `lineitem` of TPC-H by the rules of its specification (4.2.3), without the comments: the orders follow each other, each
// with one to seven lines. The scale follows from the number of rows (6,001,215 at scale 1).
import { randomSource } from './random.mjs';

const ROWS_AT_SCALE_1 = 6_001_215;
const day = (text) => Date.parse(text) / 86_400_000;
const FIRST_ORDER = day('1992-01-01');
const LAST_ORDER = day('1998-12-31') - 151;
const CURRENT = day('1995-06-17');

const DICTIONARIES = {
  l_returnflag: ['A', 'N', 'R'],
  l_linestatus: ['F', 'O'],
  l_shipinstruct: ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN'],
  l_shipmode: ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'],
};
const DECIMALS = ['l_quantity', 'l_extendedprice', 'l_discount', 'l_tax'];
const ORDER = [
  ...['l_orderkey', 'l_partkey', 'l_suppkey', 'l_linenumber', ...DECIMALS, 'l_returnflag', 'l_linestatus'],
  ...['l_shipdate', 'l_commitdate', 'l_receiptdate', 'l_shipinstruct', 'l_shipmode'],
];

function typeOf(name) {
  if (name in DICTIONARIES) return 'utf8';
  if (DECIMALS.includes(name)) return 'decimal(2)';
  return name.endsWith('date') ? 'date' : 'int32';
}

/** In cents. */
const retailPrice = (part) => 90_000 + (Math.floor(part / 10) % 20_001) + 100 * (part % 1000);

/** @returns the columns of the specification in its order: keys (int32), decimals (2), dates and strings */
export function lineitemTable({ rows, seed = 19_920_101 }) {
  const random = randomSource(seed);
  const parts = Math.max(1, Math.round((200_000 * rows) / ROWS_AT_SCALE_1));
  const suppliers = Math.max(1, Math.round((10_000 * rows) / ROWS_AT_SCALE_1));
  const arrays = Object.fromEntries(ORDER.map((name) => [name, new Int32Array(rows)]));
  let [order, ordered, line, lines] = [0, 0, 0, 0];
  for (let i = 0; i < rows; i++) {
    if (line === lines) {
      order += 1;
      [line, lines] = [0, random.integer(1, 7)];
      ordered = random.integer(FIRST_ORDER, LAST_ORDER);
    }
    line += 1;
    const part = random.integer(1, parts);
    const quantity = random.integer(1, 50);
    const shipped = ordered + random.integer(1, 121);
    const received = shipped + random.integer(1, 30);
    const step = Math.floor(suppliers / 4) + Math.floor((part - 1) / suppliers);
    const values = {
      // Eight of every 32 keys are used.
      l_orderkey: Math.floor((order - 1) / 8) * 32 + ((order - 1) % 8) + 1,
      l_partkey: part,
      l_suppkey: ((part + random.integer(0, 3) * step) % suppliers) + 1,
      l_linenumber: line,
      l_quantity: quantity * 100,
      l_extendedprice: quantity * retailPrice(part),
      l_discount: random.integer(0, 10),
      l_tax: random.integer(0, 8),
      l_returnflag: received <= CURRENT ? random.integer(0, 1) * 2 : 1,
      l_linestatus: shipped > CURRENT ? 1 : 0,
      l_shipdate: shipped,
      l_commitdate: ordered + random.integer(30, 90),
      l_receiptdate: received,
      l_shipinstruct: random.integer(0, 3),
      l_shipmode: random.integer(0, 6),
    };
    for (const name of ORDER) arrays[name][i] = values[name];
  }
  const columns = ORDER.map((name) => {
    const type = typeOf(name);
    const values = arrays[name];
    return type === 'utf8' ? { name, type, codes: values, dictionary: DICTIONARIES[name] } : { name, type, values };
  });
  return { rows, columns };
}
