/** Lua that tells which slots a node may be asked for: those that it owns, that do not move, in a cluster that is whole. */

/**
 * `settled_slots()`: first and last slots of the ranges that this node owns, ascending, the slots among them that are moving, and the
 * node's configuration epoch. No ranges where it is no primary, or where the cluster is not whole: a primary that was restarted
 * believes for two seconds that it owns its slots, and is empty. It holds for the call in which it is asked, which is atomic.
 *
 * The line of CLUSTER NODES: id, address, flags, primary, ping, pong, epoch, link, then slots: `5`, `7-90`, `[8->-id]`, `[9-<-id]`.
 */
export const SETTLED_SLOTS = `local function settled_slots()
  local firsts, lasts, moving = {}, {}, {}
  local nodes = redis.call('CLUSTER', 'NODES')
  local at = string.find(nodes, ' myself,', 1, true)
  local flags, epoch, slots = string.match(nodes, '^ myself,(%S+) %S+ %S+ %S+ (%S+) %S+([^\\n]*)', at)
  if not string.find(flags, 'master', 1, true) then return firsts, lasts, moving, epoch end
  if not string.find(redis.call('CLUSTER', 'INFO'), 'cluster_state:ok', 1, true) then return firsts, lasts, moving, epoch end
  for word in string.gmatch(slots, '%S+') do
    local bracket, first, last = string.match(word, '^(%[?)(%d+)%-?(%d*)')
    if bracket == '[' then
      moving[tonumber(first)] = true
    else
      firsts[#firsts + 1] = tonumber(first)
      lasts[#lasts + 1] = tonumber(last == '' and first or last)
    end
  end
  return firsts, lasts, moving, epoch
end`;
