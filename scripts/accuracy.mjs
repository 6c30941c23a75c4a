// Linear regression on NIST's reference datasets in a local cluster of three shards: how many digits are right, beside what ordinary
// double-precision QR gives.
//   npm run accuracy [-- --json FILE]
// Exit code 1: a bound does not hold. Ctrl-C at any moment leaves nothing behind.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connect } from 'shardfold';
import { startLocalCluster } from 'shardfold/local';
import { worstDigits } from './accuracy/digits.mjs';
import { plainQr } from './accuracy/plain-qr.mjs';
import { nistSets } from './accuracy/sets.mjs';

const USAGE = `Usage: npm run accuracy [-- --json FILE]
  --json FILE   write the figures to a file as well`;

/** Digits of every coefficient, against the exact solution for the stored doubles. */
const LEAST = 9;
const LEAST_OF_FILIP = 8;

function options() {
  try {
    const { values } = parseArgs({ options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return values;
    console.log(USAGE);
    return process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}

async function judge(sf, set) {
  const { name, intercept, columns, data, exact, certified } = set;
  // A chunk of few rows, so that these small tables lie on all shards.
  await sf.createTable(name, data, { chunkRows: 8 });
  const model = await sf.linearRegression(name, { y: 'y', x: columns, intercept, side: 'shards' });
  const beta = model.coefficients.map(({ estimate }) => estimate);
  const se = model.coefficients.map(({ standardError }) => standardError);
  const plain = plainQr(set);
  const negligible = Math.max(...data.y.map(Math.abs)) * 1e-9;
  // Where the certified standard error is 0, that of the doubles is 0 or nearly.
  const figures = exact.se.map((figure, j) => (Number(certified.se[j]) === 0 ? '0' : figure));
  const bound = name === 'filip' ? LEAST_OF_FILIP : LEAST;
  const digits = worstDigits(beta, exact.beta, 0);
  const zeros = se.every((value, j) => Number(certified.se[j]) !== 0 || Math.abs(value) <= negligible);
  return {
    ...{ set: name, n: model.n, coefficients: beta.length, conditionNumber: model.conditionNumber, bound },
    solver: model.solver,
    guaranteed: { beta: model.digits, standardErrors: model.standardErrorDigits },
    exact: { beta: digits, standardErrors: worstDigits(se, figures, negligible) },
    certified: {
      beta: worstDigits(beta, certified.beta, 0),
      standardErrors: worstDigits(se, certified.se, negligible),
    },
    plainQr: {
      beta: worstDigits(plain.beta, exact.beta, 0),
      standardErrors: worstDigits(plain.se, figures, negligible),
    },
    holds: digits >= bound && zeros,
  };
}

const shown = (x) => x.toFixed(1).padStart(5);

function print(results) {
  console.log('Digits that are right: the worst coefficient / the worst standard error of each set\n');
  console.log('set         n   p  condition  exact solution  certified by NIST  plain QR, exact  solved by');
  for (const { set, n, coefficients, conditionNumber, solver, holds, ...judged } of results) {
    const pair = ({ beta, standardErrors }) => `${shown(beta)} /${shown(standardErrors)}`;
    const head = `${set.padEnd(9)} ${String(n).padStart(3)} ${String(coefficients).padStart(3)}`;
    const columns = [pair(judged.exact), ` ${pair(judged.certified)}   `, `   ${pair(judged.plainQr)} `];
    console.log(
      `${head}  ${conditionNumber.toExponential(1).padStart(9)}    ${columns.join('    ')}   ${solver}${holds ? '' : `  BELOW ${judged.bound}`}`,
    );
  }
  console.log(
    `\nExact: the least-squares solution for the doubles as they are stored, in rational arithmetic; its bound is ${LEAST} digits of every\n` +
      `coefficient, ${LEAST_OF_FILIP} on Filip. A standard error that NIST certifies as 0 counts as right up to max|y| · 1e-9. 16 is as good as it gets.`,
  );
}

async function main() {
  const { json } = options();
  const cluster = await startLocalCluster({ shards: 3 });
  const interrupted = () => cluster.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    const sf = await connect({ url: cluster.url });
    const results = [];
    for (const set of nistSets()) results.push(await judge(sf, set));
    await sf.close();
    print(results);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify({ sets: results }, null, 2)}\n`);
    if (results.some(({ holds }) => !holds)) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}

await main();
