/** The pass `residuals` in Lua; `residuals.ts` has the same in JavaScript, operation by operation. */

/** Of p coefficients; x<p + 1> is y, and x<p + 2> the weight. Locals of the halves outlive the residual. */
function rowLua(p: number, weighted: boolean): string {
  const each = (text: (j: number) => string): string => Array.from({ length: p }, (_, i) => text(i + 1)).join('\n');
  const y = `x${p + 1}`;
  return `local list, halves, sums = t.list, t.halves, t.sums
      local rh, rl = ${y}, 0
      ${each(
        (j) => `local h${j} = residuals_half(x${j})
      do
        local b, bh = list[${2 * j - 1}], halves[${j}]
        local vl, bl, q = x${j} - h${j}, b - bh, x${j} * b
        local e = (((h${j} * bh - q) + h${j} * bl) + vl * bh) + vl * bl
        rh, rl = residuals_plus(rh, rl, -q, -(e + x${j} * list[${2 * j}]))
      end`,
      )}
      local gh, gl = rh, rl
      ${weighted ? `gh, gl = residuals_weighted(x${p + 2}, rh, rl)` : ''}
      local gs = residuals_half(gh)
      local gt = gh - gs
      ${each(
        (j) => `do
        local vl, q = x${j} - h${j}, x${j} * gh
        local e = ((((h${j} * gs - q) + h${j} * gt) + vl * gs) + vl * gt) + x${j} * gl
        sums[${2 * j - 1}], sums[${2 * j}] = residuals_plus(sums[${2 * j - 1}], sums[${2 * j}], q, e)
      end`,
      )}
      local hh = residuals_half(rh)
      local hl, q = rh - hh, rh * gh
      local e = ((((hh * gs - q) + hh * gt) + hl * gs) + hl * gt) + (rh * gl + rl * gh)
      sums[${2 * p + 1}], sums[${2 * p + 2}] = residuals_plus(sums[${2 * p + 1}], sums[${2 * p + 2}], q, e)`;
}

export function residualsLua(width: number): string {
  const given = Array.from({ length: width }, (_, i) => `x${i + 1}`);
  return `local residuals_new, residuals_row, residuals_flat, residuals_join
do
  -- The high half of a double.
  local function residuals_half(x)
    local w = x * 134217729
    return w - (w - x)
  end

  -- (h, l) + (x, e), renormalised.
  local function residuals_plus(h, l, x, e)
    local s = h + x
    local z = s - h
    local t = l + (((h - (s - z)) + (x - z)) + e)
    local sum = s + t
    return sum, t - (sum - s)
  end

  -- (h, l) * w
  local function residuals_weighted(w, h, l)
    local wh, hh = residuals_half(w), residuals_half(h)
    local wl, hl, q = w - wh, h - hh, w * h
    local e = ((((wh * hh - q) + wh * hl) + wl * hh) + wl * hl) + w * l
    local sum = q + e
    return sum, e - (sum - q)
  end

  residuals_new = function(width, list)
    local p = #list / 2
    local t = { p = p, weighted = width - p == 2, list = list, halves = {}, sums = {} }
    for j = 1, p do t.halves[j] = residuals_half(list[2 * j - 1]) end
    for j = 1, 2 * p + 2 do t.sums[j] = 0 end
    return t
  end

  residuals_row = function(t, ${given.join(', ')})
    if t.p == ${width - 1} then
      ${rowLua(width - 1, false)}
    else
      ${width < 2 ? '' : rowLua(width - 2, true)}
    end
  end

  residuals_flat = function(t)
    return t.sums
  end

  residuals_join = function(a, b)
    local sums = {}
    for j = 1, #a, 2 do
      sums[j], sums[j + 1] = residuals_plus(a[j], a[j + 1], b[j], b[j + 1])
    end
    return sums
  end
end`;
}
