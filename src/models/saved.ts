/** Models in the cluster: each is a table of one row, with the JSON of the model in chunks of text. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import { Query } from '../query/query.js';
import { openTable } from '../storage/catalog.js';
import { toSource } from '../storage/sources/index.js';
import { writeTable } from '../storage/write.js';
import { MODEL_FORMAT, modelHead, modelText, parseModel } from './common/json.js';
import { KMeansModel } from './kmeans/model.js';
import { LinearModel } from './linear/index.js';
import { LogisticModel } from './logistic/model.js';
import { PcaModel } from './pca/model.js';

/** What can be saved. */
export type Model = LinearModel | LogisticModel | KMeansModel | PcaModel;

type Kind = ReturnType<Model['toJSON']>['model'];

/** By kind, how its JSON becomes a model again. */
const KINDS: Readonly<Record<Kind, (json: unknown) => Model>> = {
  linear: LinearModel.fromJSON,
  logistic: LogisticModel.fromJSON,
  kmeans: KMeansModel.fromJSON,
  pca: PcaModel.fromJSON,
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind);

/** The column that tells tables of models from others. */
const COLUMN = MODEL_FORMAT;

/** @throws INVALID_ARGUMENT for what is no model, TABLE_EXISTS where another table has the name, WRITE_CONFLICT */
export async function saveModel(link: ClusterLink, name: string, model: Model, context: CallContext): Promise<void> {
  const json = isModel(model) ? model.toJSON() : undefined;
  if (json === undefined) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(model)} is no model`, {
      hint: 'what linearRegression, logisticRegression, kMeans or pca gave',
    });
  }
  await checkFree(link, name, context);
  const text = modelText({ ...modelHead(json.model), model: json });
  const source = await toSource({ [COLUMN]: [text] }, { schema: { [COLUMN]: 'utf8' } });
  await writeTable(link, name, source.batches, { fields: source.fields, mode: 'replace' }, context);
}

/** @throws TABLE_EXISTS where the name is that of a table which is no model */
export async function checkFree(link: ClusterLink, name: string, context: CallContext): Promise<void> {
  if ((await columnsOf(link, name, context)) !== 'other') return;
  throw new ShardfoldError('TABLE_EXISTS', `there is a table "${name}", which is no model`, {
    hint: 'save the model under another name',
  });
}

const isModel = (model: unknown): model is Model =>
  [LinearModel, LogisticModel, KMeansModel, PcaModel].some((each) => model instanceof each);

/** @throws TABLE_NOT_FOUND, INVALID_ARGUMENT where the table is no model, CORRUPT_MANIFEST where it is of another version of the format */
export async function loadModel(link: ClusterLink, name: string, context: CallContext): Promise<Model> {
  const { timeoutMs: timeout, signal } = context;
  if ((await columnsOf(link, name, context)) !== 'model') {
    const { schema } = await openTable(link, name, context);
    throw new ShardfoldError(
      'INVALID_ARGUMENT',
      `table "${name}" is no model: its columns are ${schema.map((field) => field.name).join(', ')}`,
      {
        hint: 'a name under which saveModel has written',
      },
    );
  }
  const [row] = await new Query(link, { kind: 'scan', table: name }).collect<Record<string, string>>({
    timeout,
    ...(signal && { signal }),
  });
  const { kind, model } = parseModel(row?.[COLUMN] ?? '', name);
  if (isKind(kind)) return KINDS[kind](model);
  throw new ShardfoldError('CORRUPT_MANIFEST', `model "${name}" is of kind ${kind}, which this version does not know`, {
    hint: 'read it with the version of Shardfold that wrote it',
  });
}

async function columnsOf(
  link: ClusterLink,
  name: string,
  context: CallContext,
): Promise<'model' | 'other' | undefined> {
  try {
    const { schema } = await openTable(link, name, context);
    return schema.length === 1 && schema[0]?.name === COLUMN && schema[0].type === 'utf8' ? 'model' : 'other';
  } catch (error) {
    if (error instanceof ShardfoldError && error.code === 'TABLE_NOT_FOUND') return undefined;
    throw error;
  }
}
