/** The pass `qr` in Lua; `qr.ts` has the same in JavaScript, operation by operation. */

export function qrLua(width: number): string {
  const given = Array.from({ length: width }, (_, i) => `x${i + 1}`);
  return `local qr_new, qr_row, qr_flat, qr_join
do
  local sqrt = math.sqrt

  -- Puts the norm of column k in the place of R[k][k], and in the column's the reflector; gives its factor, nil where there is none.
  local function qr_reflector(r, x, k, m)
    local alpha, s = r[k], 0
    for i = 1, m do
      local v = x[i]
      s = s + v * v
    end
    if not (s <= 1e-280 or s >= 1e280 or alpha >= 1e140) then
      local norm = sqrt(alpha * alpha + s)
      local d = alpha + norm
      for i = 1, m do x[i] = x[i] / d end
      r[k] = norm
      return d / norm
    end
    local scale = 0
    for i = 1, m do
      local v = x[i]
      if v < 0 then v = -v end
      if v > scale then scale = v end
    end
    -- Where all are NaN, R becomes NaN.
    if scale == 0 and s == s then return nil end
    if alpha > scale then scale = alpha end
    local a = alpha / scale
    s = 0
    for i = 1, m do
      local v = x[i] / scale
      x[i] = v
      s = s + v * v
    end
    local norm = sqrt(a * a + s)
    local d = a + norm
    for i = 1, m do x[i] = x[i] / d end
    r[k] = norm * scale
    return d / norm
  end

  -- One reflector on the columns from the first to the last of these.
  local function qr_apply(B, m, r, x, tau, first, last)
    for j = first, last do
      local a, f = B[j], r[j]
      local u = f
      for i = 1, m do u = u + x[i] * a[i] end
      u = u * tau
      r[j] = u - f
      for i = 1, m do a[i] = a[i] - u * x[i] end
    end
  end

  -- Two of them, r and x, then s and y, on two columns at a time: each number is fetched half as often.
  local function qr_apply_two(B, m, r, x, tau, s, y, rho, first, p)
    local c = 0
    for i = 1, m do c = c + x[i] * y[i] end
    for j = first, p - 1, 2 do
      local a, b = B[j], B[j + 1]
      local f, g, h, l = r[j], r[j + 1], s[j], s[j + 1]
      local u, v, w, z = f, g, h, l
      for i = 1, m do
        local xi, yi, ai, bi = x[i], y[i], a[i], b[i]
        u = u + xi * ai
        v = v + xi * bi
        w = w + yi * ai
        z = z + yi * bi
      end
      u, v = u * tau, v * tau
      w, z = (w - u * c) * rho, (z - v * c) * rho
      r[j], r[j + 1], s[j], s[j + 1] = u - f, v - g, w - h, z - l
      for i = 1, m do
        local xi, yi = x[i], y[i]
        a[i] = (a[i] - u * xi) - w * yi
        b[i] = (b[i] - v * xi) - z * yi
      end
    end
    if (p - first) % 2 == 0 then
      local a, f, h = B[p], r[p], s[p]
      local u, w = f, h
      for i = 1, m do
        local ai = a[i]
        u = u + x[i] * ai
        w = w + y[i] * ai
      end
      u = u * tau
      w = (w - u * c) * rho
      r[p], s[p] = u - f, w - h
      for i = 1, m do a[i] = (a[i] - u * x[i]) - w * y[i] end
    end
  end

  local function qr_block(R, B, m, p)
    for k = 1, p, 2 do
      local r, x = R[k], B[k]
      local tau = qr_reflector(r, x, k, m)
      if k < p then
        local s, y = R[k + 1], B[k + 1]
        if tau then qr_apply(B, m, r, x, tau, k + 1, k + 1) end
        local rho = qr_reflector(s, y, k + 1, m)
        if k + 1 == p then
          return
        elseif tau and rho then
          qr_apply_two(B, m, r, x, tau, s, y, rho, k + 2, p)
        elseif tau then
          qr_apply(B, m, r, x, tau, k + 2, p)
        elseif rho then
          qr_apply(B, m, s, y, rho, k + 2, p)
        end
      end
    end
  end

  local function qr_flush(t)
    if t.m > 0 then qr_block(t.R, t.B, t.m, t.p) end
    t.m = 0
  end

  local function qr_packed(R, p, n)
    local flat = {}
    for k = 1, p do
      local r = R[k]
      for j = k, p do flat[#flat + 1] = r[j] end
    end
    flat[#flat + 1] = n
    return flat
  end

  local function qr_unpacked(flat, p)
    local R, at = {}, 0
    for k = 1, p do
      local r = {}
      for j = 1, k - 1 do r[j] = 0 end
      for j = k, p do
        at = at + 1
        r[j] = flat[at]
      end
      R[k] = r
    end
    return R, flat[at + 1]
  end

  qr_new = function(_, list)
    local weighted = list[1] == 1
    local p = weighted and ${width - 1} or ${width}
    local R, B = {}, {}
    for k = 1, p do
      local r = {}
      for j = 1, p do r[j] = 0 end
      R[k], B[k] = r, {}
    end
    return { R = R, B = B, p = p, weighted = weighted, m = 0, n = 0 }
  end

  qr_row = function(t, ${given.join(', ')})
    local B, m = t.B, t.m + 1
    if t.weighted then
      local w = sqrt(${given[width - 1]})
      ${given
        .slice(0, -1)
        .map((x, j) => `B[${j + 1}][m] = ${x} * w`)
        .join(' ')}
    else
      ${given.map((x, j) => `B[${j + 1}][m] = ${x}`).join(' ')}
    end
    t.m, t.n = m, t.n + 1
    if m == 64 then qr_flush(t) end
  end

  qr_flat = function(t)
    qr_flush(t)
    return qr_packed(t.R, t.p, t.n)
  end

  qr_join = function(a, b, width, list)
    local p = list[1] == 1 and width - 1 or width
    local R, n = qr_unpacked(a, p)
    local rows, more = qr_unpacked(b, p)
    local B = {}
    for j = 1, p do
      local c = {}
      for i = 1, p do c[i] = rows[i][j] end
      B[j] = c
    end
    qr_block(R, B, p, p)
    return qr_packed(R, p, n + more)
  end
end`;
}
