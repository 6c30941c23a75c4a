/** The pass `residuals` in Lua; `residuals.ts` has the same in JavaScript, operation by operation. */

/** (h, l) + (x, e), renormalised, in line: a call would cost more than the sum. */
const plus = (h: string, l: string): string =>
  `local s = ${h} + q
        local z = s - ${h}
        local t = ${l} + (((${h} - (s - z)) + (q - z)) + e)
        local sum = s + t`;

/** Of p coefficients; x<p + 1> is y, and x<p + 2> the weight. Locals of the halves outlive the residual. */
function rowLua(p: number, weighted: boolean): string {
  const each = (text: (j: number) => string): string => Array.from({ length: p }, (_, i) => text(i + 1)).join('\n');
  return `local list, halves, sums = t.list, t.halves, t.sums
      local rh, rl = x${p + 1}, 0
      ${each(
        (j) => `local h${j} = x${j} * 134217729
      h${j} = h${j} - (h${j} - x${j})
      do
        local b, bh = list[${2 * j - 1}], halves[${j}]
        local vl, bl, q = x${j} - h${j}, b - bh, x${j} * b
        local e = -(((((h${j} * bh - q) + h${j} * bl) + vl * bh) + vl * bl) + x${j} * list[${2 * j}])
        q = -q
        ${plus('rh', 'rl')}
        rh, rl = sum, t - (sum - s)
      end`,
      )}
      local gh, gl = rh, rl
      ${weighted ? `gh, gl = residuals_weighted(x${p + 2}, rh, rl)` : ''}
      local gs = residuals_half(gh)
      local gt = gh - gs
      ${each(
        (j) => `do
        local vl, q, sh, sl = x${j} - h${j}, x${j} * gh, sums[${2 * j - 1}], sums[${2 * j}]
        local e = ((((h${j} * gs - q) + h${j} * gt) + vl * gs) + vl * gt) + x${j} * gl
        ${plus('sh', 'sl')}
        sums[${2 * j - 1}], sums[${2 * j}] = sum, t - (sum - s)
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
