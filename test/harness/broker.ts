/**
 * Keeps the clusters and files that all test files share. A process of its own, started by jest's globalSetup and ended
 * by the end of its input: however jest ends, the input ends too, and the servers with it. It answers one line a connection: `cluster N` with
 * the URL of a cluster of N shards, `cli` with the path of the bundled command line, `modules` with that of a folder that holds the built
 * package; each is made when first asked for. What it has answered lies in the run's scratch folder, so that the next who asks needs no
 * process for it.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LocalCluster, startLocalCluster } from '../../src/local/cluster';
import { answerFile } from './answers';

const scratch = process.env.SHARDFOLD_TEST_SCRATCH as string;

const clusters = new Map<number, Promise<LocalCluster>>();
const bundles = new Map<string, Promise<string>>();

function cluster(shards: number): Promise<LocalCluster> {
  const known = clusters.get(shards);
  if (known !== undefined) return known;
  const started = startLocalCluster({ shards });
  clusters.set(shards, started);
  return started;
}

/** The bundler knows the project by where its own file lies, so it is not bundled into this one. */
async function bundled(what: string): Promise<string> {
  const bundler = await import(pathToFileURL(join(process.cwd(), 'test/harness/bundle.mjs')).href);
  return what === 'cli' ? bundler.bundleCli() : bundler.bundleModules();
}

async function made(question: string): Promise<string> {
  const [word = '', argument] = question.split(' ');
  if (word === 'cluster') return (await cluster(Number(argument))).url;
  const known = bundles.get(word) ?? bundled(word);
  bundles.set(word, known);
  return known;
}

let written = 0;

async function answer(question: string): Promise<string> {
  const text = await made(question);
  // Renamed, so that nobody reads half of it.
  const half = join(scratch, `half-answer-${written++}`);
  await mkdir(scratch, { recursive: true });
  await writeFile(half, text);
  await rename(half, answerFile(scratch, question));
  return text;
}

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.setEncoding('utf8');
  let question = '';
  socket.on('data', (data: string) => {
    question += data;
    if (!question.endsWith('\n')) return;
    answer(question.trim()).then(
      (text) => socket.end(`ok ${text}`),
      (error: Error) => socket.end(`error ${error.message}`),
    );
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});

process.stdin.resume();
process.stdin.on('end', async () => {
  const started = await Promise.allSettled(clusters.values());
  await Promise.all(started.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)));
  await rm(scratch, { recursive: true, force: true });
  process.exit(0);
});
