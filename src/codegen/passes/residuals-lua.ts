/** The pass `residuals` in Lua; `residuals.ts` has the same in JavaScript, operation by operation. */

export const RESIDUALS_LUA = `local residuals_new, residuals_row, residuals_flat, residuals_join
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

  residuals_new = function(width, list)
    local p = #list / 2
    local t = { p = p, weighted = width - p == 2, list = list, halves = {}, sums = {} }
    for j = 1, p do t.halves[j] = residuals_half(list[2 * j - 1]) end
    for j = 1, 2 * p + 2 do t.sums[j] = 0 end
    return t
  end

  residuals_row = function(t, ...)
    local x = { ... }
    local p, list, halves, sums = t.p, t.list, t.halves, t.sums
    local xs = {}
    local rh, rl = x[p + 1], 0
    for j = 1, p do
      local v, b, bh = x[j], list[2 * j - 1], halves[j]
      local vh = residuals_half(v)
      xs[j] = vh
      local vl, bl = v - vh, b - bh
      local q = v * b
      local e = (((vh * bh - q) + vh * bl) + vl * bh) + vl * bl
      rh, rl = residuals_plus(rh, rl, -q, -(e + v * list[2 * j]))
    end
    local gh, gl = rh, rl
    if t.weighted then
      local w = x[p + 2]
      local wh, hh = residuals_half(w), residuals_half(rh)
      local wl, hl = w - wh, rh - hh
      local q = w * rh
      local e = ((((wh * hh - q) + wh * hl) + wl * hh) + wl * hl) + w * rl
      gh = q + e
      gl = e - (gh - q)
    end
    local gs = residuals_half(gh)
    local gt = gh - gs
    for j = 1, p do
      local v, vh = x[j], xs[j]
      local vl = v - vh
      local q = v * gh
      local e = ((((vh * gs - q) + vh * gt) + vl * gs) + vl * gt) + v * gl
      sums[2 * j - 1], sums[2 * j] = residuals_plus(sums[2 * j - 1], sums[2 * j], q, e)
    end
    local hh = residuals_half(rh)
    local hl = rh - hh
    local q = rh * gh
    local e = ((((hh * gs - q) + hh * gt) + hl * gs) + hl * gt) + (rh * gl + rl * gh)
    sums[2 * p + 1], sums[2 * p + 2] = residuals_plus(sums[2 * p + 1], sums[2 * p + 2], q, e)
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
