-- Takes a name out of the catalog, unless it names another table by now.
--
-- KEYS[1]  the catalog
-- ARGV     1 name, 2 table id
-- Returns  1 where the name was taken out, else 0
return function(keys, args)
  if redis.call('HGET', keys[1], args[1]) ~= args[2] then
    return 0
  end
  return redis.call('HDEL', keys[1], args[1])
end
