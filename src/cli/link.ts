import type { Command } from 'commander';
import { connectCluster } from '../cluster/connect.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { type ConnectionFlags, connectOptions } from './options.js';
import { EXIT_INTERRUPTED } from './output.js';
import { askPassword, canAsk } from './prompt.js';

type Connect = Awaited<ReturnType<typeof connectOptions>> & { password?: string };

/** What a command works with while it is connected. */
export interface Session<Flags> {
  link: ClusterLink;
  /** For the command as one piece of work, with its --timeout, ended by Ctrl-C. */
  context: CallContext;
  signal: AbortSignal;
  flags: Flags & ConnectionFlags;
  /** Print data for programs. */
  json: boolean;
}

/**
 * Connects as the flags of the command say (it has `connectionOptions`), does the work and closes the connection. Ctrl-C
 * aborts the work, which then ends with ABORTED; a second one ends the process.
 */
export async function withLink<Flags = object>(
  command: Command,
  work: (session: Session<Flags>) => Promise<void>,
): Promise<void> {
  const flags = command.opts<Flags & ConnectionFlags>();
  const interrupt = new AbortController();
  let connected = false;
  const onInterrupt = () => {
    // Before that there is nothing to end in good order.
    if (!connected || interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interrupt.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onInterrupt);
  try {
    const link = await connect(command);
    connected = true;
    try {
      const { signal } = interrupt;
      const context = link.context({ signal, ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }) });
      await work({ link, context, signal, flags, json: flags.json === true });
    } finally {
      await link.close();
    }
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onInterrupt);
  }
}

/** What to hand to `connectCluster`, with the password. */
async function connectionOf(command: Command): Promise<Connect> {
  const flags = command.opts<ConnectionFlags>();
  const options = await connectOptions(flags);
  const user = options.username ?? /^rediss?:\/\/([^:/@]+)@/.exec(options.url)?.[1];
  const password = flags.password ?? process.env.SHARDFOLD_PASSWORD;
  // Empty, it is the password of a user that has none; of nobody, it is none.
  if (password || (password === '' && user !== undefined)) return { ...options, password };
  if (user === undefined || /^rediss?:\/\/[^/@]*:[^/@]+@/.test(options.url)) return options;
  if (canAsk()) return { ...options, password: await askPassword(`Password of ${user}: `) };
  if (user === 'default') return options;
  throw new ShardfoldError('AUTH_FAILED', `no password for ${user}: set SHARDFOLD_PASSWORD`, {
    hint: 'the password comes from SHARDFOLD_PASSWORD (empty for a user that has none), the URL, or a terminal to ask on',
  });
}

async function connect(command: Command): Promise<ClusterLink> {
  const options = await connectionOf(command);
  try {
    return await connectCluster(options);
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    if (error.code === 'AUTH_FAILED' && options.password === undefined && canAsk()) {
      return connectCluster({ ...options, password: await askPassword('Password: ') });
    }
    if (error.code === 'CONNECTION_FAILED' && command.getOptionValueSource('url') === 'default') {
      throw new ShardfoldError(error.code, error.message, {
        hint: 'start a local cluster with "shardfold dev", or name yours with --url or SHARDFOLD_URL',
        cause: error,
      });
    }
    throw error;
  }
}
