/** Models as JSON: what `saveModel` keeps. JSON knows no NaN and no infinities; they stand there as texts. */

import { ShardfoldError, showValue } from '../../errors.js';

export const MODEL_FORMAT = 'shardfold-model';
export const MODEL_VERSION = 1;

/** What every model's JSON begins with. */
export interface ModelHead<Kind extends string> {
  readonly format: typeof MODEL_FORMAT;
  readonly version: typeof MODEL_VERSION;
  readonly kind: Kind;
}

export const modelHead = <Kind extends string>(kind: Kind): ModelHead<Kind> => ({
  format: MODEL_FORMAT,
  version: MODEL_VERSION,
  kind,
});

const ODD = ['NaN', 'Infinity', '-Infinity'];

/** JSON text from which `parseModel` gets every number back. */
export function modelText(model: object): string {
  return JSON.stringify(model, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value,
  );
}

/** @throws CORRUPT_MANIFEST where it is no JSON of a model, or of a later version */
export function parseModel(text: string, name: string): ModelHead<string> & Readonly<Record<string, unknown>> {
  let read: unknown;
  try {
    read = JSON.parse(text, (_, value: unknown) => {
      const odd = typeof value === 'object' && value !== null && Object.keys(value).length === 1 && 'number' in value;
      return odd && ODD.includes(String(value.number)) ? Number(value.number) : value;
    });
  } catch (cause) {
    throw corrupt(name, 'is no JSON', cause);
  }
  if (typeof read !== 'object' || read === null || !('format' in read) || read.format !== MODEL_FORMAT)
    throw corrupt(name, 'is none that saveModel wrote');
  const model = read as ModelHead<string> & Readonly<Record<string, unknown>>;
  if (model.version !== MODEL_VERSION) throw corrupt(name, `is of version ${String(model.version)} of the format`);
  return model;
}

function corrupt(name: string, what: string, cause?: unknown): ShardfoldError {
  return new ShardfoldError('CORRUPT_MANIFEST', `model ${name} ${what}`, {
    hint: 'fit and save it again, or read it with the version of Shardfold that wrote it',
    ...(cause !== undefined && { cause }),
  });
}

/** What `toJSON` of a model of this kind gave. @throws INVALID_ARGUMENT */
export function checkModel<Json extends { readonly model: string; readonly receipt: object }>(
  json: unknown,
  kind: Json['model'],
): Json {
  const given = typeof json === 'object' && json !== null ? json : {};
  const isKind = 'model' in given && given.model === kind && 'receipt' in given && 'n' in given;
  if (isKind) return given as unknown as Json;
  throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(json)} is no ${kind} model`, {
    hint: 'what toJSON() of one gave',
  });
}
