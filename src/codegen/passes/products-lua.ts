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

  -- Adds v * x[j] for all j from i on to the cells from at on; h and l are the halves of x.
  local function products_add(t, at, v, i, x, h, l, p)
    local w = v * 134217729
    local vh = w - (w - v)
    local vl = v - vh
    for j = i, p do
      local cell, y = t[at], x[j]
      at = at + 1
      local m = v * y
      if m ~= 0 or (v ~= 0 and y ~= 0) then
        local q = vl * l[j] - (((m - vh * h[j]) - vl * h[j]) - vh * l[j])
        local s, c, u, d = cell[1], cell[2], cell[3], cell[4]
        local s2 = s + m
        local z = s2 - s
        local e = (s - (s2 - z)) + (m - z)
        local c2 = c + e
        z = c2 - c
        local lost = (c - (c2 - z)) + (e - z)
        local u2 = u + q
        z = u2 - u
        e = (u - (u2 - z)) + (q - z)
        local d2 = d + e
        z = d2 - d
        -- NaN, of what is too large, is not 0 either.
        if m * m > 0 and lost == 0 and (d - (d2 - z)) + (e - z) == 0 then
          cell[1], cell[2], cell[3], cell[4] = s2, c2, u2, d2
        else
          cell[1], cell[2], cell[3], cell[4] = exact_multiply(s, c, u, d, cell[5], v, y)
        end
      end
    end
  end

  products_row = function(t, ${given})
    local x, p, at = { ${given} }, t.p, 1
    local w = t.weighted and x[p + 1]
    local h, l = {}, {}
    for j = 1, p do
      local v = x[j]
      local wide = v * 134217729
      h[j] = wide - (wide - v)
      l[j] = v - h[j]
    end
    for i = 1, p do
      local v, e = x[i], 0
      if w then
        local q = v * w
        e = exact_error(q, v, w)
        -- What is so small or large that the error is lost makes the whole sum none.
        if not (q * q > 0 and e - e == 0) and (v ~= 0 and w ~= 0) then q = 0 / 0 end
        v = q
      end
      products_add(t, at, v, i, x, h, l, p)
      if e ~= 0 then products_add(t, at, e, i, x, h, l, p) end
      at = at + p - i + 1
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
