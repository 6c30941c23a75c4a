import type { Plan } from '../functions/release/types.js';
import { say } from './output.js';
import { confirm, type OptionalProjectSession } from './project.js';
import { canAsk } from './prompt.js';
import { planTable, sayPlan } from './release-output.js';

export interface ReleaseFlags {
  message?: string;
  who?: string;
}

/**
 * On a terminal, without --yes: shows the plan and asks. The number of the release that the plan starts from, which must
 * still be the current one then; undefined where nobody was asked. @throws ABORTED where the answer was no
 */
export async function askAbout<Flags>(
  { flags, context, signal, env }: OptionalProjectSession<Flags>,
  makePlan: () => Promise<Plan>,
  question: string,
): Promise<number | undefined> {
  if (flags.yes || !canAsk()) return undefined;
  const plan = await makePlan();
  say(planTable(plan.rows));
  sayPlan(plan);
  const shards = new Set(plan.rows.map(({ address }) => address)).size;
  const where = env === undefined ? '' : ` to ${env}`;
  // What is refused anyway need not be asked about.
  if (plan.changes && plan.taken.length === 0) {
    await confirm(`${question}${where} (${shards} shards)?`, { signal, otherwise: 'nothing was changed' });
  }
  // Thinking it over is no lack of progress.
  context.progress();
  return plan.current?.number ?? 0;
}
