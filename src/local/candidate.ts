/** What a step of the search found: where the program lies, and what it needs in its environment. */
export interface Candidate {
  path: string;
  env: Record<string, string>;
}

/** In the order of preference. Debian's packages bear the same names. */
export const SERVER_NAMES = ['valkey-server', 'redis-server'] as const;

/** Functions came with Redis 7.0; Valkey has had them from its start. */
export const OLDEST_MAJOR = 7;
