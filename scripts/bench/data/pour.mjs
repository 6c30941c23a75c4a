// Writes many keys fast: every primary gets its own commands in one stream, as `redis-cli --pipe` does it. Shares no code with src, so that
// what reads keys is tested against a second opinion of where they lie.
import { connect } from 'node:net';

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** The slot of a key: CRC16 (XMODEM) of its hash tag, or of all of it. */
export function keySlot(key) {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  const open = bytes.indexOf(123);
  const close = open < 0 ? -1 : bytes.indexOf(125, open + 1);
  const [from, to] = close > open + 1 ? [open + 1, close] : [0, bytes.length];
  let crc = 0;
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xffff) ^ TABLE[((crc >> 8) ^ bytes[i]) & 0xff];
  return crc & 16383;
}

/** One command in the protocol. */
export function encode(words) {
  const parts = [`*${words.length}\r\n`];
  const pieces = [];
  for (const word of words) {
    if (typeof word === 'string') parts.push(`$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    else {
      pieces.push(Buffer.from(`${parts.join('')}$${word.length}\r\n`), word);
      parts.length = 0;
      parts.push('\r\n');
    }
  }
  const rest = Buffer.from(parts.join(''));
  return pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]);
}

const END = 'the end of what was poured';

/** One server's stream. */
class Stream {
  #socket;
  #pending = [];
  #size = 0;
  #tail = '';
  #failure;
  #waiting = [];
  #resume = () => undefined;

  constructor(port) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (data) => this.#read(data.toString('latin1')));
    this.#socket.on('drain', () => this.#resume());
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error(`127.0.0.1:${port} closed the connection`)));
  }

  #read(text) {
    const seen = this.#tail + text;
    const wrong = /(?:^|\n)-([^\r]*)\r\n/.exec(seen);
    if (wrong) this.#fail(new Error(`the server says: ${wrong[1]}`));
    // From the start of a line on: the end of the text 1-1 is no error.
    this.#tail = seen.slice(seen.lastIndexOf('\n') + 1);
    if (!seen.includes(END)) return;
    this.#tail = '';
    this.#waiting.shift()?.resolve();
  }

  #fail(error) {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    this.#resume();
    this.#socket.destroy();
  }

  async write(command) {
    this.#pending.push(command);
    this.#size += command.length;
    if (this.#size > 1 << 18) await this.#flush();
  }

  async #flush() {
    if (this.#failure) throw this.#failure;
    const whole = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#size = 0;
    if (!this.#socket.write(whole) && !this.#failure) {
      await new Promise((resolve) => {
        this.#resume = resolve;
      });
    }
  }

  async end() {
    this.#pending.push(encode(['ECHO', END]));
    await this.#flush();
    if (!this.#failure) {
      await new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
      });
    }
    if (this.#failure) throw this.#failure;
    this.#failure = new Error('the stream has ended');
    this.#socket.destroy();
  }
}

/** The primaries of a cluster, or a standalone server, as [port, first slot, last slot] runs; asked of the server on a port. */
async function runsOf(port) {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    socket.write(encode(['CLUSTER', 'NODES']));
    let text = '';
    for await (const data of socket) {
      text += data.toString('latin1');
      if (text.startsWith('-')) return [[port, 0, 16383]];
      const [head, size] = /^\$(\d+)\r\n/.exec(text) ?? [];
      if (head !== undefined && text.length >= head.length + Number(size) + 2) break;
    }
    const lines = text.split('\n').filter((line) => /\bmaster\b/.test(line.split(' ')[2] ?? ''));
    return lines.flatMap((line) => {
      const words = line.trim().split(' ');
      const own = Number(/:(\d+)@/.exec(words[1])?.[1]);
      const runs = words.slice(8).filter((run) => !run.startsWith('['));
      return runs.map((run) => [own, Number(run.split('-')[0]), Number(run.split('-').at(-1))]);
    });
  } finally {
    socket.destroy();
  }
}

/** The port of the primary of each slot. */
export async function slotPorts(port) {
  const ports = new Int32Array(16384);
  for (const [owner, from, to] of await runsOf(port)) ports.fill(owner, from, to + 1);
  return ports;
}

/** Runs commands, each a list of words whose second is its key, in their order for each primary. @throws the first error of a server */
export async function pour(port, commands) {
  const ports = await slotPorts(port);
  const streams = new Map();
  for (const words of commands) {
    const owner = ports[keySlot(words[1])];
    if (!streams.has(owner)) streams.set(owner, new Stream(owner));
    await streams.get(owner).write(encode(words));
  }
  await Promise.all([...streams.values()].map((stream) => stream.end()));
}
