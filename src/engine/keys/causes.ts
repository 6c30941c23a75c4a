/** Why nodes gave no answers, as codes of errors, and what is to be done about it. */

import type { ErrorCode } from '../../errors.js';

interface Meaning {
  readonly code: ErrorCode;
  readonly hint: string;
}

const TOO_SLOW: Meaning = {
  code: 'TIMEOUT',
  hint: 'calls take too long there: SLOWLOG GET tells which, SCRIPT KILL ends one that only reads; a narrower pattern asks for less at once',
};
const AWAY: Meaning = { code: 'CONNECTION_FAILED', hint: 'see whether that server runs and can be reached' };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  TIMEOUT: TOO_SLOW,
  SILENT: TOO_SLOW,
  BUSY: TOO_SLOW,
  LOADING: { code: 'TIMEOUT', hint: 'that server still loads its data' },
  CLUSTERDOWN: {
    code: 'CLUSTER_DOWN',
    hint: 'CLUSTER INFO and CLUSTER NODES tell there which primaries are away; they come back, or a replica takes over',
  },
  NOREPLICAS: { code: 'SERVER_REFUSES_WRITES', hint: 'too few replicas are connected there (min-replicas-to-write)' },
};

export const meaningOf = (cause: string): Meaning => MEANINGS[cause] ?? AWAY;

/** What helps, whatever the cause is. */
export const WAIT = 'wait longer (--timeout, or the option timeout)';
