-- Gives a staged write up: its keys are to be collected from now on, and it can no longer be
-- published.
--
-- KEYS[1]  the table's hash
-- ARGV[1]  write id
-- Returns  0: given up; 1: it was published before, nothing was done; 2: there is no record
local record = require('storage.record')

return function(keys, args)
  local state, _, rest = record.staging(keys[1], args[1])
  if state == 'P' then
    return 1
  end
  if state == nil then
    return 2
  end
  record.stage(keys[1], args[1], 'X', record.now(), rest)
  return 0
end
