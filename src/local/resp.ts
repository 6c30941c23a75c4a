/** A connection that speaks just enough RESP2 to form a cluster; applications use src/cluster. */
import { connect, type Socket } from 'node:net';

export type RespReply = string | number | null | RespReply[];
type Waiting = { resolve(reply: RespReply): void; reject(error: Error): void };

/** One reply from `at`, with the place behind it; undefined where the bytes are not all there yet. */
function parse(data: Buffer, at: number): { value: RespReply | Error; next: number } | undefined {
  const end = data.indexOf('\r\n', at);
  if (end < 0) return undefined;
  const line = data.toString('utf8', at + 1, end);
  const type = String.fromCharCode(data[at] ?? 0);
  const next = end + 2;
  if (type === '+') return { value: line, next };
  if (type === '-') return { value: new Error(line), next };
  if (type === ':') return { value: Number(line), next };
  const length = Number(line);
  if (length < 0) return { value: null, next };
  if (type === '$') {
    if (data.length < next + length + 2) return undefined;
    return { value: data.toString('utf8', next, next + length), next: next + length + 2 };
  }
  const items: RespReply[] = [];
  let place = next;
  for (let i = 0; i < length; i++) {
    const item = parse(data, place);
    if (item === undefined) return undefined;
    items.push(item.value instanceof Error ? item.value.message : item.value);
    place = item.next;
  }
  return { value: items, next: place };
}

export class RespConnection {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #data: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;

  /** @param timeoutMs silence after which the server is given up: what listens there may be no Redis at all */
  constructor(port: number, timeoutMs = 30_000) {
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.setTimeout(timeoutMs, () => {
      if (this.#waiting.length > 0) this.#socket.destroy(new Error(`127.0.0.1:${port} is silent`));
    });
    this.#socket.on('data', (data: Buffer) => this.#receive(data));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error(`127.0.0.1:${port} closed the connection`)));
  }

  call(...command: (string | number)[]): Promise<RespReply> {
    if (this.#failure) return Promise.reject(this.#failure);
    const parts = command.map(String).map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    this.#socket.write(`*${parts.length}\r\n${parts.join('')}`);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(data: Buffer): void {
    this.#data = Buffer.concat([this.#data, data]);
    for (let reply = parse(this.#data, 0); reply !== undefined; reply = parse(this.#data, 0)) {
      this.#data = this.#data.subarray(reply.next);
      const waiting = this.#waiting.shift();
      if (reply.value instanceof Error) waiting?.reject(reply.value);
      else waiting?.resolve(reply.value);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
