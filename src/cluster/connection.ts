/**
 * One connection to one node. node-redis pipelines what is sent in one turn of the event loop and reconnects by itself;
 * here it is kept to plain commands with Buffers coming back.
 */
import { createClient, RESP_TYPES } from 'redis';
import { type Access, type Address, showAddress } from './address.js';
import type { Argument, Reply } from './types.js';

const CONNECT_TIMEOUT_MS = 5000;

const TYPE_MAPPING = {
  [RESP_TYPES.BLOB_STRING]: Buffer,
  [RESP_TYPES.SIMPLE_STRING]: Buffer,
  [RESP_TYPES.VERBATIM_STRING]: Buffer,
  [RESP_TYPES.MAP]: Array,
  [RESP_TYPES.BIG_NUMBER]: String,
};

function makeClient(address: Address, access: Access, options: { readonly: boolean; reconnect: boolean }) {
  const { username, password, tls } = access;
  return createClient({
    ...(username !== undefined && { username }),
    // The client never sends an empty password, and a user that has none takes any.
    ...(password !== undefined && { password: username && password === '' ? 'nopass' : password }),
    readonly: options.readonly,
    // A command that waits in a queue of a node that is gone would outlive its deadline.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    clientInfoTag: 'shardfold',
    // The client's own timeout costs a timer a command and stops counting once the command is written.
    commandOptions: { timeout: 0, typeMapping: TYPE_MAPPING },
    socket: {
      ...address,
      ...(tls ? { ...tls, tls: true as const } : {}),
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: options.reconnect ? (tries: number) => Math.min(50 * 2 ** tries, 500) : false,
    },
  });
}

export class Connection {
  readonly address: Address;
  readonly name: string;
  /** Why the last attempt to reach the node failed; undefined while connected. */
  lastError: Error | undefined;
  readonly #client: ReturnType<typeof makeClient>;
  #opening: Promise<void> | undefined;
  #tried = false;
  #waiting = 0;
  #closed = false;
  #heard = 0;
  #label = '';

  /** @param options.onLost Called whenever the connection breaks. */
  constructor(
    address: Address,
    access: Access,
    options: { readonly?: boolean; reconnect?: boolean; onLost?(): void } = {},
  ) {
    this.address = address;
    this.name = showAddress(address);
    this.#client = makeClient(address, access, {
      readonly: options.readonly ?? false,
      reconnect: options.reconnect ?? true,
    });
    this.#client.on('error', (error: Error) => {
      this.lastError = error;
      options.onLost?.();
    });
    this.#client.on('connect', () => {
      // A socket that was still being made when this was closed is not closed by that, and would keep the process alive.
      if (this.#closed) this.#client.destroy();
    });
    this.#client.on('ready', () => {
      this.lastError = undefined;
      this.#sendLabel();
    });
  }

  /** What CLIENT LIST shows as the name of this connection, from now on and after each reconnect. */
  label(text: string): void {
    this.#label = text;
    if (this.isReady) this.#sendLabel();
  }

  #sendLabel(): void {
    // It only tells others who is there: where this user may not, or the connection breaks, calls go on without it.
    if (this.#label !== '') this.#client.sendCommand(['CLIENT', 'SETNAME', this.#label]).catch(() => undefined);
  }

  /** The first connection; rejects with the reason of the first attempt, while the client goes on trying. */
  open(): Promise<void> {
    this.#opening ??= new Promise((resolve, reject) => {
      this.#client.once('ready', resolve);
      this.#client.once('error', reject);
      this.#client.connect().catch(reject);
    });
    return this.#opening.finally(() => {
      this.#tried = true;
    });
  }

  get isReady(): boolean {
    return this.#client.isReady;
  }

  /** True until the first attempt to connect has ended: then it pays to wait for `open`. */
  get isNew(): boolean {
    return !this.#tried;
  }

  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  /** Milliseconds for which calls have waited without any reply coming in; 0 where none waits. */
  silentFor(now: number): number {
    return this.#waiting === 0 ? 0 : now - this.#heard;
  }

  /** Rejects at once where the node is not connected. */
  send(command: readonly Argument[]): Promise<Reply> {
    if (this.#waiting++ === 0) this.#heard = performance.now();
    const reply = this.#client.sendCommand(command) as Promise<unknown> as Promise<Reply>;
    reply.then(this.#onReply, this.#onReply);
    return reply;
  }

  readonly #onReply = (): void => {
    this.#waiting--;
    this.#heard = performance.now();
  };

  /** The next command that is sent in the same turn may touch a slot that this node is importing. */
  sendAsking(command: readonly Argument[]): Promise<Reply> {
    const asking = this.#client.sendCommand(['ASKING']);
    const reply = this.send(command);
    // Where ASKING fails, the command that follows on the same connection fails or is redirected as well.
    asking.catch(() => undefined);
    return reply;
  }

  /** Whatever waits for a reply is rejected. */
  close(): void {
    this.#closed = true;
    this.#opening?.catch(() => undefined);
    this.#client.destroy();
  }
}
