-- Map and Set of JavaScript, in the shape of TypeScriptToLua's classes: in order of insertion, NaN
-- is a key, -0 is 0, and what changes during an iteration is seen by it.

local array = require('shardfold.js-array')
local errors = require('shardfold.js-error')

local NAN = {} -- stands for NaN among the keys of a table

local function index_of(key)
  return key ~= key and NAN or key
end

-- An entry that is deleted keeps `before`, so that an iteration that stands on it finds its way
-- back.
local Entries = { prototype = {} }
Entries.prototype.__index = Entries.prototype

function Entries.prototype.clear(self)
  local entry = self.head and self.head.after
  while entry do
    entry.gone, entry.before = true, self.head
    entry = entry.after
  end
  self.head = { gone = true }
  self.tail = self.head
  self.index = {}
  self.size = 0
end

function Entries.prototype.has(self, key)
  return self.index[index_of(key)] ~= nil
end

function Entries.prototype.get(self, key)
  local entry = self.index[index_of(key)]
  return entry and entry.value
end

---@param level number How many calls up the compiled code is.
local function put(self, key, value, level)
  if key == nil then
    local message = self.constructor.name .. ': null or undefined is no key in Lua'
    errors.raise(message, level + 1, 'TypeError')
  end
  local entry = self.index[index_of(key)]
  if entry then
    entry.value = value
    return
  end
  if key == 0 then
    key = 0 -- not -0
  end
  entry = { key = key, value = value, before = self.tail }
  self.tail.after = entry
  self.tail = entry
  self.index[index_of(key)] = entry
  self.size = self.size + 1
end

function Entries.prototype.set(self, key, value)
  put(self, key, value, 1)
  return self
end

function Entries.prototype.delete(self, key)
  local entry = self.index[index_of(key)]
  if not entry then
    return false
  end
  self.index[index_of(key)] = nil
  self.size = self.size - 1
  entry.gone = true
  entry.before.after = entry.after
  if entry.after then
    entry.after.before = entry.before
  else
    self.tail = entry.before
  end
  return true
end

local function iterator(self, pick)
  local entry = self.head
  local function step()
    while entry do
      while entry.gone and entry.before do
        entry = entry.before
      end
      -- All before it went: the entries begin anew behind the present head.
      entry = (entry.gone and self.head or entry).after
      if entry then
        return true, pick(entry)
      end
    end
  end
  return {
    ____iterate = function()
      return step
    end,
  }
end

local function key_of(entry)
  return entry.key
end

local function value_of(entry)
  return entry.value
end

local function pair_of(entry)
  return { entry.key, entry.value }
end

function Entries.prototype.keys(self)
  return iterator(self, key_of)
end

function Entries.prototype.values(self)
  return iterator(self, value_of)
end

function Entries.prototype.entries(self)
  return iterator(self, pair_of)
end

function Entries.prototype.forEach(self, call)
  for _, pair in array.iterate(self:entries()) do
    call(nil, pair[2], pair[1], self)
  end
end

local function class(name)
  local new = { name = name, prototype = setmetatable({}, Entries.prototype) }
  new.prototype.__index = new.prototype
  new.prototype.constructor = new
  return new
end

local Map, Set = class('Map'), class('Set')

function Map.prototype.____constructor(self, pairs_of)
  self:clear()
  for _, pair in array.iterate(pairs_of or {}) do
    put(self, pair[1], pair[2], 2)
  end
end

function Map.prototype.____iterate(self)
  return self:entries():____iterate()
end

function Set.prototype.____constructor(self, values)
  self:clear()
  for _, value in array.iterate(values or {}) do
    put(self, value, value == 0 and 0 or value, 2)
  end
end

function Set.prototype.add(self, value)
  put(self, value, value == 0 and 0 or value, 1)
  return self
end

function Set.prototype.____iterate(self)
  return self:keys():____iterate()
end

return { Map = Map, Set = Set }
