-- The functions of Shardfold, and the only place where one is registered.
--
-- To add one: write lua/<room>/<name>.lua, a module that returns `function(keys, args) … end`, and
-- add a line here:
--
--   register("<name>", "<room>.<name>", { "no-writes" })
--
-- The name is what callFunction(link, { name }) takes: letters, digits and _. The flags are those
-- of the server: "no-writes" for whatever only reads (it is then called by FCALL_RO), "allow-oom"
-- for what must run on a full server (deleting), "allow-stale", "no-cluster",
-- "allow-cross-slot-keys"; none: leave the table out.
--
-- Modules require each other by literal names, `local decode = require("core.decode")`, at their
-- top; each runs once on a node, when first used. At their top they may do all that a function may
-- (`local floor = math.floor`), for the bundler (src/functions/bundle.ts) puts each into a function
-- of its own. What nobody requires is left out. A function `warm`, which requires all of them, is
-- added to every bundle, and a deploy calls it on every shard.
--
-- Errors: error({ err = "DATA_LOSS chunk 7 is gone" }); the first word is a code of src/errors.ts.

---@type fun(name: string, module: string, flags?: string[])
local register = ...

-- Storage: steps on a table's hash, on the catalog, and on keys of chunks.
register('table_stage', 'storage.stage')
register('table_renew', 'storage.renew')
register('table_publish', 'storage.publish')
register('table_abort', 'storage.abort', { 'allow-oom' })
register('table_collect', 'storage.collect', { 'allow-oom' })
register('table_collected', 'storage.collected', { 'allow-oom' })
register('table_drop', 'storage.drop', { 'allow-oom' })
register('table_forget', 'storage.forget', { 'allow-oom' })
register('chunk_verify', 'storage.verify', { 'no-writes' })
register('chunk_copy', 'storage.copy')

-- Kernels on vectors, each with a binding of the same name in src/kernels.
register('sum', 'kernels.sum', { 'no-writes' })
register('norm', 'kernels.norm', { 'no-writes' })
register('dot', 'kernels.dot', { 'no-writes' })
register('axpy', 'kernels.axpy')
register('scale', 'kernels.scale')
register('combine', 'kernels.combine')
register('distance', 'kernels.distance', { 'no-writes' })
register('find', 'kernels.find', { 'no-writes' })
register('gather', 'kernels.gather', { 'no-writes' })
register('running', 'kernels.running', { 'no-writes' })
register('cumsum', 'kernels.cumsum')
register('cut', 'kernels.cut')
register('standardize', 'kernels.standardize')
register('chunk_seal', 'linalg.seal')

-- Of matrices: what columns and rows come to, and parts of them.
register('col_moments', 'kernels.col_moments', { 'no-writes' })
register('lines', 'kernels.lines', { 'no-writes' })
register('diagonal', 'kernels.diagonal', { 'no-writes' })
register('matrix_stripe', 'linalg.stripe', { 'no-writes' })

-- Of matrices: products and factors.
register('gram', 'kernels.gram', { 'no-writes' })
register('matmul', 'kernels.matmul', { 'no-writes' })
register('matvec', 'kernels.matvec', { 'no-writes' })
register('project', 'kernels.project')
register('qr', 'kernels.qr', { 'no-writes' })
register('topk', 'kernels.topk', { 'no-writes' })
register('vecmat', 'kernels.vecmat', { 'no-writes' })
