/** Columns that there are not. Above each line that must not compile stands what the compiler must say. */
import { col, count, covar, type Expr } from '../../../src/index.js';
import { anything, flights, sf } from '../tables.js';

const few = flights.select('delay', 'origin');

// error: Argument of type '"dealy"' is not assignable to parameter of type '…ColumnOperand<…
few.select('dealy');
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.select(col('dealy'));
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.select('delay', col('delay').add(col('dealy')).as('sum'));
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.withColumns(col('dealy').as('delay'));
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.withColumns({ hours: col('dealy').div(60) });
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.select({ hours: col('dealy').div(60) });
// error: Argument of type 'Expr<…, "dealy", string>' is not assignable to parameter of type 'Over<…>'.
few.filter(col('dealy').gt(1));
// error: Type '"fare"' is not assignable to type '…'.
few.filter(col('delay').gt(1).or(col('fare').isNull()));
// error: Argument of type '"dealy"' is not assignable to parameter of type '…'.
few.drop('dealy');
// error: Type 'string' is not assignable to type 'UnknownColumn<"dealy">'.
few.rename({ origin: 'from', dealy: 'delay' });
// error: Argument of type '"dealy"' is not assignable to parameter of type '…SortOperand<…
few.sort('dealy');
// error: Type '"dealy"' is not assignable to type 'SortOperand<…>'.
few.sort(['origin', 'dealy']);
// error: Argument of type '"dealy"' is not assignable to parameter of type 'ColumnOperand<…>'.
few.groupBy('origin', 'dealy');
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.agg({ n: count(), mean: col('dealy').mean() });
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.agg(col('dealy').mean());
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.groupBy('origin').agg({ n: count({ where: col('dealy').gt(60) }) });

// Columns are gone when they were left out, called otherwise or grouped.
// error: Type '"delay"' is not assignable to type '"origin"'.
few.drop('delay').filter(col('delay').gt(1));
// error: Argument of type '"origin"' is not assignable to parameter of type '…ColumnOperand<…
few.rename({ origin: 'from' }).select('origin');
// error: Type '"delay"' is not assignable to type '…'.
few.groupBy('origin').agg({ n: count() }).filter(col('delay').gt(1));

// error: Property 'delay' is missing
few.union(few.select('origin'));
// error: Type 'ResultRow' is missing the following properties
few.union(anything);

// An expression of which nothing is known may read any column.
declare const unknown: Expr;
// error: Type 'string' is not assignable to type '…'.
few.filter(unknown);

// What is no type, in a schema.
// error: Type '"int33"' is not assignable to type
sf.table('flights', { delay: 'int33' });

// In the arguments of aggregates, too.
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.agg({ worst: col('origin').argMax(col('dealy')) });
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.agg({ spread: covar(col('delay'), col('dealy')) });
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.agg({ top: col('delay').topK(3, { where: col('dealy').gt(1) }) });
// error: Argument of type '"dealy"' is not assignable to parameter of type '…'.
few.distinct('dealy');
// error: Type '"dealy"' is not assignable to type '…'. Did you mean '"delay"'?
few.sort(col('dealy').desc());

// Keys of joins.
const codes = sf.table('airports', { code: 'utf8!', delay: 'int32' });
// error: Type '"code"' is not assignable to type
few.join(codes, { on: 'code' });
// error: Type '"dealy"' is not assignable to type
few.join(codes, { leftOn: 'dealy', rightOn: 'code' });
// error: Type '"dealy"' is not assignable to type
few.semiJoin(codes, { on: ['delay', col('dealy')] });
// error: Type '"code"' is not assignable to type '…JoinOperand<"delay">
few.semiJoin(codes, { on: 'code' });
// error: is not assignable to type 'NoColumnInBoth<"origin", "code">'
few.select('origin').join(codes.select('code'), { on: 'origin' });
