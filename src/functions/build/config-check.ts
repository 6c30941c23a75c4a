/** Whether a configuration is one: every problem is named, with what was probably meant. */
import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { ShardfoldError, showValue } from '../../errors.js';
import { closest } from '../../suggest.js';
import type { ShardfoldConfig } from '../define/config.js';

type Fields = Readonly<Record<string, unknown>>;

const FIELDS = ['project', 'libraries', 'environments', 'defaultEnvironment', 'kernels', 'outDir'];
const ENVIRONMENT_FIELDS = ['url', 'username', 'password', 'tls', 'prefix'];
const TLS_FIELDS = ['ca', 'cert', 'key'];

/** Libraries become exports of that name in the bindings. */
const RESERVED = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for function if
  implements import in instanceof interface let new null package private protected public return static super switch this throw
  true try typeof var void while with yield`.split(/\s+/),
);

/** @returns the value itself. @throws CONFIG_INVALID naming all that is wrong */
export function checkConfig(value: unknown, file: string, dir: string): ShardfoldConfig {
  const problems: string[] = [];
  if (!isObject(value)) throw invalid(file, [`the configuration is ${showValue(value)}`]);
  unknownFields(value, FIELDS, '', problems);
  checkName(value.project, 'project', problems);
  checkLibraries(value.libraries, dir, problems);
  const { environments = {}, defaultEnvironment, kernels, outDir } = value;
  checkEnvironments(environments, problems);
  if (defaultEnvironment !== undefined) {
    const known = isObject(environments) ? Object.keys(environments) : [];
    if (typeof defaultEnvironment !== 'string' || !known.includes(defaultEnvironment)) {
      const names = known.length > 0 ? `; there are ${known.join(', ')}` : '';
      problems.push(`defaultEnvironment names no environment: ${showValue(defaultEnvironment)}${names}`);
    }
  }
  if (kernels !== undefined && typeof kernels !== 'boolean')
    problems.push(`kernels is ${showValue(kernels)}, not a boolean`);
  if (outDir !== undefined) {
    if (typeof outDir !== 'string' || outDir === '') problems.push(`outDir is ${showValue(outDir)}, not a folder`);
    else if (relative(dir, resolve(dir, outDir)) === '') problems.push('outDir is the folder of the project itself');
  }
  if (problems.length > 0) throw invalid(file, problems);
  return value as unknown as ShardfoldConfig;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (file: string, problems: readonly string[]): ShardfoldError =>
  new ShardfoldError('CONFIG_INVALID', `${file}: ${problems.join(`\n  ${file}: `)}`);

function unknownFields(value: Fields, known: readonly string[], where: string, problems: string[]): void {
  for (const field of Object.keys(value).filter((name) => !known.includes(name))) {
    const meant = closest(field, known);
    problems.push(
      `unknown field ${where}${field}: ${meant ? `did you mean ${meant}?` : `there are ${known.join(', ')}`}`,
    );
  }
}

function checkName(name: unknown, what: string, problems: string[]): void {
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name)) {
    problems.push(`${what} is ${showValue(name)}; servers allow letters, digits and _`);
  } else if (/^shardfold$/i.test(name)) problems.push(`${what} "${name}" is the name of Shardfold's own library`);
}

function checkLibraries(libraries: unknown, dir: string, problems: string[]): void {
  if (!isObject(libraries) || Object.keys(libraries).length === 0) {
    problems.push("libraries names no library: { leaderboard: 'functions/leaderboard' }");
    return;
  }
  for (const [name, folder] of Object.entries(libraries)) {
    checkName(name, 'the name of a library', problems);
    if (RESERVED.has(name)) problems.push(`a library cannot be named ${name}: its bindings export it by name`);
    if (typeof folder !== 'string') problems.push(`libraries.${name} is ${showValue(folder)}, not a folder`);
    else if (!statSync(resolve(dir, folder), { throwIfNoEntry: false })?.isDirectory()) {
      problems.push(`libraries.${name}: there is no folder ${folder}`);
    }
  }
}

function checkEnvironments(environments: unknown, problems: string[]): void {
  if (!isObject(environments)) {
    problems.push(`environments is ${showValue(environments)}: { local: { url: 'redis://127.0.0.1:7000' } }`);
    return;
  }
  for (const [name, environment] of Object.entries(environments)) {
    const where = `environments.${name}`;
    if (!isObject(environment)) {
      problems.push(`${where} is ${showValue(environment)}: { url: 'redis://127.0.0.1:7000' }`);
      continue;
    }
    unknownFields(environment, ENVIRONMENT_FIELDS, `${where}.`, problems);
    const { url, username, password, prefix, tls } = environment;
    if (url === undefined) problems.push(`${where} has no url`);
    checkStrings({ url, username, password, prefix }, where, problems);
    if (isObject(tls)) {
      unknownFields(tls, TLS_FIELDS, `${where}.tls.`, problems);
      checkStrings({ ca: tls.ca, cert: tls.cert, key: tls.key }, `${where}.tls`, problems);
      if ((tls.cert === undefined) !== (tls.key === undefined))
        problems.push(`${where}.tls: cert and key belong together`);
    } else if (tls !== undefined && typeof tls !== 'boolean') {
      problems.push(`${where}.tls is ${showValue(tls)}, not a boolean or { ca, cert, key }`);
    }
  }
}

function checkStrings(fields: Fields, where: string, problems: string[]): void {
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined && typeof value !== 'string') {
      problems.push(`${where}.${field} is ${showValue(value)}, not a string`);
    }
  }
}
