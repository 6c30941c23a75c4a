/** One command on its way: sent, counted, and after a failure either tried again after a pause or given up with a reason. */
import { ShardfoldError } from '../errors.js';
import type { Connection } from './connection.js';
import { countRetry, sleepUnder, timeoutError, waitUnder } from './context.js';
import { errorFromReply, isSocketError, messageOf, NotConnectedError, type Place, type Verdict } from './errors.js';
import type { Argument, CallContext, Reply } from './types.js';
import { commandSize, normalise, replySize } from './wire.js';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
/** NOREPLICAS seldom passes by itself. */
const BRIEF_RETRY_MS = 2000;

const UNREACHABLE_HINT =
  'see whether that server runs and can be reached (shardfold status); a longer timeout (--timeout, or the option timeout) waits for it';

/** Commands whose second word says what they do. */
const TWO_WORDS = /^(FCALL(_RO)?|FUNCTION|CLUSTER)$/;

export interface AttemptOptions {
  readonly command: readonly Argument[];
  readonly harmlessTwice: boolean;
  readonly slot?: number;
  /** Addresses of the primaries that the cluster calls failed and that own slots. */
  readonly down?: () => readonly string[];
}

export class Attempt {
  readonly #command: readonly Argument[];
  readonly #harmlessTwice: boolean;
  readonly #slot: number | undefined;
  readonly #down: () => readonly string[];
  readonly #context: CallContext;
  readonly #started = performance.now();
  #connection: Connection | undefined;
  #failures = 0;
  #last: { error: unknown; verdict: Verdict } | undefined;

  constructor({ command, harmlessTwice, slot, down = () => [] }: AttemptOptions, context: CallContext) {
    this.#command = command;
    this.#harmlessTwice = harmlessTwice;
    this.#slot = slot;
    this.#down = down;
    this.#context = context;
    context.tally.calls++;
  }

  async send(connection: Connection, asking: boolean): Promise<Reply> {
    this.#connection = connection;
    const context = this.#context;
    const command = this.#command;
    if (context.remaining() === 0) throw timeoutError(context.timeoutMs, this.#what());
    if (connection.isNew) await waitUnder(context, opened(connection), this.#what);
    context.tally.bytesSent += commandSize(command);
    const sent = asking ? connection.sendAsking(command) : connection.send(command);
    const reply = normalise(await waitUnder(context, sent, this.#what));
    context.tally.bytesReceived += replySize(reply);
    context.progress();
    return reply;
  }

  /** Returns after a pause where the command is to be sent again, throws where not. */
  async recover(error: unknown, verdict: Verdict): Promise<void> {
    const { action, cause } = verdict;
    const brief = action === 'retry-briefly' && performance.now() - this.#started > BRIEF_RETRY_MS;
    if (action === 'fail' || brief) throw this.#failure(error);
    if (action === 'unknown' && !this.#harmlessTwice) {
      const lost = `the connection to ${this.#connection?.name} was lost during ${this.#name}: it may have run or not`;
      throw new ShardfoldError('CONNECTION_FAILED', lost, { ...this.place(), cause: error });
    }
    countRetry(this.#context.tally, cause);
    await this.pause(error, verdict);
  }

  /** Longer each time, and by chance, so that those who wait for the same do not come back together. */
  async pause(error: unknown, verdict: Verdict): Promise<void> {
    this.#last = { error, verdict };
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 10));
    try {
      await sleepUnder(this.#context, ceiling * (0.5 + Math.random() / 2), this.#what);
    } catch (ended) {
      throw this.#failure(ended);
    }
  }

  place(): Place {
    const shard = this.#connection?.name;
    return { ...(shard !== undefined && { shard }), ...(this.#slot !== undefined && { slot: this.#slot }) };
  }

  get #name(): string {
    const [name, second] = this.#command;
    return TWO_WORDS.test(String(name)) ? `${name} ${second}` : String(name);
  }

  /** What one waits for, in the words of TIMEOUT and ABORTED. */
  readonly #what = (): string => {
    const where = this.#connection ? ` on ${this.#connection.name}` : '';
    const last = this.#last ? ` (tried ${this.#failures} times, last: ${messageOf(this.#last.error)})` : '';
    return `${this.#name}${where}${last}`;
  };

  /** Where the deadline passed while something stood in the way, that decides the code. */
  #failure(error: unknown): ShardfoldError {
    const place = this.place();
    const timedOut = error instanceof ShardfoldError && error.code === 'TIMEOUT';
    if (!timedOut || !this.#last) return errorFromReply(error, place);
    const { verdict, error: last } = this.#last;
    if (verdict.cause === 'CLUSTERDOWN') {
      const down = this.#down();
      const where = down.length > 0 ? ` (${down.join(', ')})` : '';
      return new ShardfoldError('CLUSTER_DOWN', `a part of the cluster is down${where}: ${error.message}`, {
        ...place,
        hint: 'see CLUSTER INFO: some slots have no reachable primary',
        cause: last,
      });
    }
    const unreachable = verdict.cause === 'NOT_CONNECTED' || verdict.cause === 'CONNECTION_LOST';
    const reason = unreachable ? errorFromReply(this.#connection?.lastError ?? last, place) : undefined;
    const code = reason === undefined ? 'TIMEOUT' : reason.code === 'AUTH_FAILED' ? 'AUTH_FAILED' : 'CONNECTION_FAILED';
    const hint = reason ? (reason.hint ?? UNREACHABLE_HINT) : error.hint;
    // The reason names the server and what stands in the way.
    const waited = `${this.#name} tried ${this.#failures} times, no progress for ${this.#context.timeoutMs} ms`;
    return new ShardfoldError(code, reason ? `${reason.message}; ${waited}` : error.message, {
      ...place,
      ...(hint !== undefined && { hint }),
      cause: last,
    });
  }
}

/** What fails before anything was sent may be tried again, whatever the command does. */
async function opened(connection: Connection): Promise<void> {
  try {
    await connection.open();
  } catch (error) {
    throw isSocketError(error) ? new NotConnectedError(connection.name, error) : error;
  }
}
