import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** True while a process runs. A zombie, which nobody has waited for, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No /proc on this system (or the process ended just now): ask again.
    try {
      process.kill(pid, 0);
      return process.platform !== 'linux';
    } catch {
      return false;
    }
  }
}

/** Waits until none of the processes runs. @throws after `timeoutMs`, naming those that do */
export async function gone(pids: readonly number[], timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const left = pids.filter(isRunning);
    if (left.length === 0) return;
    if (Date.now() > end) throw new Error(`still running after ${timeoutMs} ms: ${left.join(', ')}`);
    await sleep(50);
  }
}

/** Waits until a file or folder is gone. @throws after `timeoutMs` */
export async function removed(path: string, timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (existsSync(path)) {
    if (Date.now() > end) throw new Error(`still there after ${timeoutMs} ms: ${path}`);
    await sleep(50);
  }
}
