import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import { parseDuration } from './units.js';

const LOCAL_URL = 'redis://127.0.0.1:7000';

/** What the connection options of a command hold. */
export interface ConnectionFlags {
  url: string;
  user?: string;
  tls?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  timeout?: number;
  prefix?: string;
  json?: boolean;
  /** Of an environment in the project's configuration; there is no such flag, for all users see command lines. */
  password?: string;
}

/** A whole number from `least` on, for commander's `argParser`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const upTo = most === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${most}`;
    throw new InvalidArgumentError(`A whole number is needed, ${least}${upTo}.`);
  };
}

/** A length of time in milliseconds, for commander's `argParser`. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError('A time is needed, such as 30s, 500ms or 2m.');
  return ms;
}

/** Names with commas between, for commander's `argParser`; given again, more of them. */
export function columnNames(text: string, before: string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Names with commas between are needed, such as a,b.');
  return [...before, ...names];
}

/** The option, with its value kept under another name than its flag's. */
export function keptAs(name: string, option: Option): Option {
  option.attributeName = () => name;
  return option;
}

/**
 * Adds the options of every command that talks to servers. They stand in a group of their own in its help.
 * @param keyFlag For a command that means another key by --key.
 */
export function connectionOptions(command: Command, keyFlag = '--key'): Command {
  const options = [
    new Option('--url <url>', 'a node, or several with commas between: redis://host:port, rediss:// for TLS')
      .env('SHARDFOLD_URL')
      .default(LOCAL_URL),
    new Option(
      '--user <name>',
      'the user to log in as; the password comes from SHARDFOLD_PASSWORD or is asked for',
    ).env('SHARDFOLD_USER'),
    new Option('--tls', 'encrypt the connection'),
    new Option('--ca <file>', 'certificate authority (PEM) to trust'),
    new Option('--cert <file>', 'client certificate (PEM)'),
    keptAs('key', new Option(`${keyFlag} <file>`, 'key of the client certificate (PEM)')),
    new Option('--timeout <time>', 'give up after this time without progress: 30s, 500ms, 2m; a bare number is seconds')
      .argParser(duration)
      .default(30_000, '30s'),
    new Option('--prefix <prefix>', 'the first part of the keys of tables').default('sf'),
    new Option('--json', 'print JSON instead of text'),
  ];
  for (const option of options) command.addOption(option.helpGroup('Connection and output:'));
  return command;
}

async function pem(file: string | undefined, flag: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new ShardfoldError('FILE_UNREADABLE', `${flag} ${file} cannot be read: ${cause.message}`, { cause });
  });
}

/** The flags as `connectCluster` takes them; certificates are read here. The password is not among them. */
export async function connectOptions(flags: ConnectionFlags) {
  const ca = await pem(flags.ca, '--ca');
  const cert = await pem(flags.cert, '--cert');
  const key = await pem(flags.key, 'the key of the client certificate');
  if ((cert === undefined) !== (key === undefined)) {
    throw new ShardfoldError('INVALID_ARGUMENT', '--cert and --key belong together', { hint: 'give both, or neither' });
  }
  const certificates = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const tls = Object.keys(certificates).length > 0 ? certificates : flags.tls;
  return {
    url: flags.url,
    ...(flags.user !== undefined && { username: flags.user }),
    ...(tls && { tls }),
    ...(flags.prefix !== undefined && { prefix: flags.prefix }),
    ...(flags.timeout !== undefined && { timeout: flags.timeout }),
  };
}
