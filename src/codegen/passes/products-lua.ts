/** The pass `products` in Lua; `products.ts` has the same in JavaScript. */

import { NOT_FINITE } from '../../aggregates/exact-limbs.js';
import { EXACT_PIECES } from '../exact-lua.js';

const exact = EXACT_PIECES.map(([, lua]) => lua.replaceAll(/^/gm, '  ')).join('\n');

export function productsLua(width: number): string {
  const given = Array.from({ length: width }, (_, i) => `x${i + 1}`).join(', ');
  return `local products_new, products_row, products_flat, products_join
do
  local floor, sort = math.floor, table.sort
${exact}

  products_new = function(width, list)
    local weighted = list[1] == 1
    local p = weighted and width - 1 or width
    local t = { p = p, weighted = weighted }
    for i = 1, p * (p + 1) / 2 do t[i] = { 0, 0, 0, 0, {} } end
    return t
  end

  local function products_add(cell, x, y)
    local s, c, u, d = exact_multiply(cell[1], cell[2], cell[3], cell[4], cell[5], x, y)
    cell[1], cell[2], cell[3], cell[4] = s, c, u, d
  end

  products_row = function(t, ${given})
    local x, p, at = { ${given} }, t.p, 0
    local w = t.weighted and x[p + 1]
    for i = 1, p do
      local v, e = x[i], 0
      if w then
        local q = v * w
        e = exact_error(q, v, w)
        -- What is so small or large that the error is lost makes the whole sum none.
        if not (q * q > 0 and e - e == 0) and (v ~= 0 and w ~= 0) then q = 0 / 0 end
        v = q
      end
      for j = i, p do
        at = at + 1
        products_add(t[at], v, x[j])
        if e ~= 0 then products_add(t[at], e, x[j]) end
      end
    end
  end

  local function products_packed(t, p)
    local flat, n = {}, 0
    for at = 1, p * (p + 1) / 2 do
      local cell = t[at]
      local places = {}
      for place in pairs(cell[5]) do places[#places + 1] = place end
      sort(places)
      for field = 1, 4 do flat[n + field] = cell[field] end
      n = n + 5
      flat[n] = #places
      for _, place in ipairs(places) do
        flat[n + 1], flat[n + 2] = place, cell[5][place]
        n = n + 2
      end
    end
    return flat
  end

  products_flat = function(t)
    return products_packed(t, t.p)
  end

  products_join = function(a, b, width, list)
    local t = products_new(width, list)
    for _, flat in ipairs({ a, b }) do
      local n = 0
      for at = 1, t.p * (t.p + 1) / 2 do
        local cell = t[at]
        for field = 1, 2 do cell[1], cell[2] = exact_add(cell[1], cell[2], cell[5], flat[n + field]) end
        for field = 3, 4 do cell[3], cell[4] = exact_add(cell[3], cell[4], cell[5], flat[n + field]) end
        n = n + 5
        for _ = 1, flat[n] do
          local place, whole = flat[n + 1], flat[n + 2]
          if place == ${NOT_FINITE} then
            cell[5][place] = (cell[5][place] or 0) + whole
          else
            exact_limb(cell[5], place, whole)
          end
          n = n + 2
        end
      end
    end
    return products_packed(t, t.p)
  end
end`;
}
