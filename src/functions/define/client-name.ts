/**
 * The name under which the connections of an app stand in CLIENT LIST: it tells `shardfold prune` which libraries the app
 * calls. Plain node-redis clients carry it by `createCluster({ defaults: { name: clientName(…) } })`.
 */
const MARK = 'shardfold:';

/** `shardfold:leaderboard_1f0c…+carts_77ab…`, for any order of the libraries. */
export const clientName = (libraries: readonly string[]): string =>
  `${MARK}${[...new Set(libraries)].sort().join('+')}`;

/** The libraries that a client's name announces; none for the names of others. */
export const announcedBy = (name: string): string[] =>
  name.startsWith(MARK) ? name.slice(MARK.length).split('+').filter(Boolean) : [];
