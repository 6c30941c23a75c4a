/** What a user says of where the servers are, read into one shape. */
import { ShardfoldError } from '../errors.js';

export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
}

export interface ConnectOptions {
  /** `redis://[user[:password]@]host[:port]`, `rediss://…` for TLS; several name several nodes of one cluster. */
  url: string | string[];
  /** Comes with a password, here or in the URL. */
  username?: string;
  /** `''` for a user that has none (`nopass`). */
  password?: string;
  /** `true`, or certificates as PEM text. */
  tls?: boolean | TlsOptions;
  /** The first part of every key, `sf` by default. */
  prefix?: string;
  /** Milliseconds without progress after which work fails, 30,000 by default. */
  timeout?: number;
}

export interface Address {
  host: string;
  port: number;
}

/** How to reach any node of the cluster, apart from its address. */
export interface Access {
  username?: string;
  password?: string;
  tls?: TlsOptions;
}

const HINT = 'the form is redis://[user[:password]@]host[:port], or rediss:// for TLS';

export const showAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The way back from `host:port`, as servers write it (an IPv6 host with or without brackets). */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

export function readOptions(options: ConnectOptions): { seeds: Address[]; access: Access } {
  const given: unknown = typeof options === 'object' && options !== null ? options.url : undefined;
  if (
    typeof given !== 'string' &&
    !(Array.isArray(given) && given.length > 0 && given.every((url) => typeof url === 'string'))
  ) {
    throw new ShardfoldError('INVALID_ARGUMENT', "connect takes { url: 'redis://host:port' }", { hint: HINT });
  }
  const urls = (Array.isArray(options.url) ? options.url : [options.url]).flatMap((url) => url.split(','));
  const access: Access = {};
  const seeds = urls.map((text) => {
    const url = parseUrl(text.trim());
    if (url.protocol === 'rediss:') access.tls ??= {};
    if (url.username) access.username ??= decode(url.username);
    if (url.password) access.password ??= decode(url.password);
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port ? Number(url.port) : 6379 };
  });
  if (options.username !== undefined) access.username = options.username;
  if (options.password !== undefined) access.password = options.password;
  const { username, password } = access;
  // Without one nothing would be sent, and the server would take the connection for that of the user `default`.
  if (username && username !== 'default' && password === undefined) {
    throw new ShardfoldError('AUTH_FAILED', `no password for ${username}`, {
      hint: "give it as password, or as user:password@ in the URL; '' for a user that has none",
    });
  }
  if (options.tls) access.tls = options.tls === true ? (access.tls ?? {}) : options.tls;
  return { seeds, access };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new ShardfoldError('INVALID_ARGUMENT', `not a server URL: ${withoutPassword(text)}`, { hint: HINT, cause });
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new ShardfoldError('INVALID_ARGUMENT', `not a server URL: ${withoutPassword(text)}`, { hint: HINT });
  }
  if (url.hostname === '') {
    throw new ShardfoldError('INVALID_ARGUMENT', `the server URL names no host: ${withoutPassword(text)}`, {
      hint: HINT,
    });
  }
  if (url.pathname.length > 1 && url.pathname !== '/0') {
    throw new ShardfoldError('INVALID_ARGUMENT', `only database 0 is used, the URL asks for ${url.pathname.slice(1)}`, {
      hint: 'clusters have database 0 only; leave the number out of the URL',
    });
  }
  return url;
}

const withoutPassword = (text: string): string => JSON.stringify(text.replace(/\/\/[^@/]*@/, '//…@'));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'the user name or password in the server URL is not percent-encoded', {
      hint: 'write % as %25, or give the password by SHARDFOLD_PASSWORD',
      cause,
    });
  }
}
