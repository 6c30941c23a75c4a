// Upper and lower case of every character there is, as DuckDB maps it, on both sides.
import { col } from '../../src/index.js';
import { Differential } from './differential.js';

const PER_ROW = 256;

it('every character', async () => {
  const texts: string[] = [];
  for (let first = 0; first < 0x20000; first += PER_ROW) {
    if (first >= 0xd800 && first < 0xe000) continue;
    texts.push(String.fromCodePoint(...Array.from({ length: PER_ROW }, (_, i) => first + i)));
  }
  const world = await Differential.open({ s: ['utf8', texts] });
  await world.check([
    [col('s').lower(), 'lower(s)'],
    [col('s').upper(), 'upper(s)'],
  ]);
  await world.close();
}, 60_000);
