/** Columns of keys that there are not. */
import { col } from '../../../src/index.js';
import { orders, writable } from '../keys.js';

// error: Type '"prize"' is not assignable to type '…'. Did you mean '"price"'?
orders.select(col('prize'));
// error: Argument of type 'Expr<…, "tll", string>' is not assignable to parameter of type 'Over<…>'.
orders.filter(col('tll').isNull());
// error: Type '"ttl"' is not assignable to type '"key"'.
orders.select('key').filter(col('ttl').isNull());
// error: Argument of type '"ttl"' is not assignable to parameter of type '…'.
orders.drop('ttl');
// error: Type 'Column<"prize">' is not assignable to type 'Over<…>'.
writable.update({ net: col('prize') });
// error: Property 'update' does not exist on type 'Query<…>'.
writable.limit(3).update({ net: col('price') });
