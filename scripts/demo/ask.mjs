// One question asked three ways, and what comes of it.
import { isDeepStrictEqual } from 'node:util';
import { bytesMoved, isSameAnswer } from './answers.mjs';

async function timed(work) {
  const from = performance.now();
  const value = await work();
  return { value, ms: performance.now() - from };
}

const middle = (runs) => runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1];

/** In turns, so that a machine that slows down slows all; one round before is not counted. @returns the median run of each way */
export async function ask({ query, sql }, flights, duckdb, { runs, signal }) {
  const ways = [
    () => query(flights).collect({ signal }),
    () => query(flights).collect({ side: 'client', signal }),
    () => duckdb.rows(sql),
  ];
  const done = ways.map(() => []);
  for (let run = 0; run <= runs; run++) {
    for (const [i, way] of ways.entries()) {
      const result = await timed(way);
      if (run > 0) done[i].push(result);
    }
  }
  const [shards, client, judge] = done.map(middle);
  return { shards, client, judge };
}

/** Right is what DuckDB says, computed in the shards and pulled with the same bits. */
export function outcomeOf({ shards, client, judge }) {
  return {
    right: isSameAnswer(shards.value, judge.value) && isDeepStrictEqual([...client.value], [...shards.value]),
    pullingWon: client.ms < shards.ms,
    moved: bytesMoved(shards.value.receipt),
    pulled: bytesMoved(client.value.receipt),
  };
}
