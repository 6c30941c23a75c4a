// The cluster of the demo: one that ends with this process, however it ends, or (--keep) one that stays.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startLocalCluster } from 'shardfold/local';

/** @returns `url`, `nodes`, `stop()`, and of a cluster that stays the `pid` to end */
export async function startServers({ keep, cli, say }) {
  return keep ? startLasting(cli, say) : startLocalCluster({ shards: 3, onProgress: say });
}

/** `shardfold dev` in the background, in a process group of its own, which Ctrl-C here does not reach. */
async function startLasting(cli, say) {
  const child = spawn(process.execPath, [cli, 'dev', '--shards', '3', '--port', '0', '--json'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exit;
  };
  process.once('exit', kill);
  child.stderr.setEncoding('utf8').on('data', (text) => say(text.trimEnd()));
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exit.then(([code]) => Promise.reject(new Error(`shardfold dev ended with code ${code}`))),
  ]);
  return { ...JSON.parse(line), pid: child.pid, stop, leave };

  /** From here on it is on its own. */
  function leave() {
    process.off('exit', kill);
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    child.unref();
  }

  function kill() {
    child.kill('SIGTERM');
  }
}
