/** The file that `shardfold export` writes: JSON with the functions of a cluster, and the records of its releases. */
import { ShardfoldError, showValue } from '../../errors.js';

const FORMAT = 'shardfold-functions';
const VERSION = 1;

/** Text, or bytes that are no UTF-8. */
export type Content = string | { readonly base64: string };

export interface ExportedLibrary {
  readonly name: string;
  readonly engine: string;
  readonly functions: readonly string[];
  readonly code: Content;
  /** The nodes that held just this; left out where all did. */
  readonly nodes?: readonly string[];
}

export interface ExportFile {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** When it was written, ISO 8601. */
  readonly time: string;
  /** `redis 7.0.15` */
  readonly server: string;
  /** The primaries, by address. */
  readonly nodes: readonly string[];
  /** By name; one name stands more than once where nodes held different code under it. */
  readonly libraries: readonly ExportedLibrary[];
  /** The hash of release records, field by field; null where there was none. */
  readonly records: { readonly fields: { readonly [field: string]: Content } } | null;
}

export const newExport = (parts: Omit<ExportFile, 'format' | 'version'>): ExportFile => ({
  format: FORMAT,
  version: VERSION,
  ...parts,
});

export function contentOf(bytes: Buffer): Content {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
}

export const bytesOf = (content: Content): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.base64, 'base64');

/** @param name As messages call the file. @throws FILE_UNREADABLE saying what is wrong with it */
export function parseExport(text: string, name: string): ExportFile {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw unreadable(name, `it is not JSON: ${(cause as Error).message}`, cause);
  }
  if (!isObject(file) || file.format !== FORMAT) throw unreadable(name, 'it was not written by "shardfold export"');
  if (file.version !== VERSION) {
    throw new ShardfoldError('FILE_UNREADABLE', `${name} has version ${showValue(file.version)} of the format`, {
      hint: `this Shardfold reads version ${VERSION}: use the one that wrote the file, or a newer one`,
    });
  }
  if (!isStrings(file.nodes)) throw unreadable(name, '"nodes" is not a list of addresses');
  if (!Array.isArray(file.libraries)) throw unreadable(name, '"libraries" is not a list');
  file.libraries.forEach((library, i) => {
    if (!isLibrary(library)) throw unreadable(name, `libraries[${i}] is not a library with name, functions and code`);
    const stated = statedName(library);
    // What a server would load under another name could not be taken back.
    if (stated !== library.name) throw unreadable(name, `the code of library ${library.name} names itself ${stated}`);
  });
  if (file.records !== null && !isRecords(file.records)) throw unreadable(name, '"records" has no fields');
  return file as unknown as ExportFile;
}

const unreadable = (name: string, problem: string, cause?: unknown): ShardfoldError =>
  new ShardfoldError('FILE_UNREADABLE', `${name} cannot be restored: ${problem}`, { cause });

const isObject = (value: unknown): value is { [field: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const isContent = (value: unknown): boolean =>
  typeof value === 'string' || (isObject(value) && typeof value.base64 === 'string');

const isLibrary = (value: unknown): value is ExportedLibrary =>
  isObject(value) &&
  typeof value.name === 'string' &&
  isStrings(value.functions) &&
  isContent(value.code) &&
  (value.nodes === undefined || isStrings(value.nodes));

/** `board`, of code that begins with `#!lua name=board` */
const statedName = ({ code }: ExportedLibrary): string =>
  /^#![^\n]*?\sname=["']?(\w+)["']?\s*(\n|$)/.exec(bytesOf(code).toString('latin1'))?.[1] ?? 'nothing';

const isRecords = (value: unknown): boolean =>
  isObject(value) && isObject(value.fields) && Object.values(value.fields).every(isContent);
