/**
 * A row drawn by chance, with a weight that is its squared distance from the nearest of some centres (k-means++; Arthur & Vassilvitskii
 * 2007); of no centre all rows weigh alike. The constants are a seed, the number of the draw, and the centres. Flat: the sum of the
 * weights, then the row. A reservoir of one: a row takes the place with its share of the weight so far, and so does the later of two runs.
 *
 * Chance depends on the seed, the draw, and the data: on the first row of a run of rows and the place in it, and on what runs come to.
 */

import { CHANCE_MODULUS, chanceMix, chanceRound } from '../../expr/runtime/chance.js';
import { nearestCentre } from '../../expr/runtime/nearest.js';
import { numbered } from './blocks.js';
import { CHANCE_LUA } from './chance.js';
import { distanceLua } from './clusters.js';
import type { PassState, RowPass } from './pass.js';

function lua(width: number): string {
  const given = numbered(width, 'x');
  return `local seeding_new, seeding_row, seeding_flat, seeding_join
do
${CHANCE_LUA}
function seeding_new(width, list)
  return { 0, k = (#list - 2) / ${width}, list = list }
end
function seeding_row(s, ${given.join(', ')})
  local list, chance = s.list, s.chance
  if not chance then
    chance = chance_mix(chance_mix(0, list[1]), list[2])
    ${given.map((x) => `chance = chance_mix(chance, ${x})`).join(' ')}
    ${given.map((x, i) => `s[${i + 2}] = ${x}`).join(' ')}
  end
  local weight = 1
  if s.k > 0 then
    weight = 1 / 0
    local d, t
    for o = 2, s.k * ${width} + 1, ${width} do
      ${distanceLua(given, 'list')}
      if d < weight then weight = d end
    end
    if weight == 1 / 0 then weight = d - d end
  end
  chance = chance + 1
  if chance == ${CHANCE_MODULUS} then chance = 0 end
  s.chance = chance
  local total = s[1] + weight
  s[1] = total
  if chance_round(chance) / ${CHANCE_MODULUS} * total < weight then ${given.map((x, i) => `s[${i + 2}] = ${x}`).join(' ')} end
end
function seeding_flat(s)
  local flat = {}
  for i = 1, ${width + 1} do flat[i] = s[i] end
  return flat
end
function seeding_join(a, b, width, list)
  local chance = chance_mix(chance_mix(0, list[1]), list[2])
  for i = 1, ${width + 1} do chance = chance_mix(chance_mix(chance, a[i]), b[i]) end
  local total, from, t = a[1] + b[1], a, {}
  if chance / ${CHANCE_MODULUS} * total < b[1] then from = b end
  t[1] = total
  for i = 2, ${width + 1} do t[i] = from[i] end
  return t
end
end`;
}

const begin = ([seed = 0, draw = 0]: readonly number[]): number => chanceMix(chanceMix(0, seed), draw);

interface Drawn extends PassState {
  readonly list: readonly number[];
  readonly centres: readonly number[];
  chance: number | undefined;
  total: number;
  row: readonly number[];
}

export const seeding: RowPass = {
  name: 'seeding',
  rowNs: (width, list) => 12 * list.length + 100 * width,
  lua,
  js: {
    create: (_width, list): Drawn => ({ list, centres: list.slice(2), chance: undefined, total: 0, row: [] }),
    row(state, values) {
      const drawn = state as Drawn;
      if (drawn.chance === undefined) {
        drawn.chance = values.reduce(chanceMix, begin(drawn.list));
        drawn.row = [...values];
      }
      const weight = drawn.centres.length === 0 ? 1 : nearestCentre(values, drawn.centres)[1];
      drawn.chance = drawn.chance + 1 === CHANCE_MODULUS ? 0 : drawn.chance + 1;
      drawn.total += weight;
      if ((chanceRound(drawn.chance) / CHANCE_MODULUS) * drawn.total < weight) drawn.row = [...values];
    },
    flat: (state) => [(state as Drawn).total, ...(state as Drawn).row],
    join(a, b, _width, list) {
      const chance = a.reduce((sofar, value, i) => chanceMix(chanceMix(sofar, value), b[i] as number), begin(list));
      const [left, right] = [a[0] as number, b[0] as number];
      const total = left + right;
      return [total, ...((chance / CHANCE_MODULUS) * total < right ? b : a).slice(1)];
    },
  },
};
