import { ShardfoldError } from '../errors.js';

/** Says what Ctrl-C meant for the work, in the place of what it happened to wait for. */
export async function interruptible<T>(
  signal: AbortSignal,
  { what, hint }: { what: string; hint?: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted || !(error instanceof ShardfoldError) || error.code !== 'ABORTED') throw error;
    throw new ShardfoldError('ABORTED', `interrupted: ${what}`, {
      ...(hint !== undefined && { hint }),
      ...(error.resume !== undefined && { resume: error.resume }),
      cause: error,
    });
  }
}
