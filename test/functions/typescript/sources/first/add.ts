import { bytes, defineFunction, t } from 'shardfold/functions';
import { Counter } from './lib/counter.js';

const entry = t.record({ player: t.string, score: t.number });

export const addScores = defineFunction(
  {
    name: 'addScores',
    flags: ['no-writes'],
    keys: { board: t.string },
    args: { entries: t.array(entry), factor: t.nullable(t.number), blob: t.bytes },
    returns: t.record({ sum: t.number, text: t.string, players: t.integer }),
  },
  (keys, args) => {
    const counter = new Counter();
    let sum = 0;
    for (const { player, score } of args.entries) {
      if (player === 'skip') continue;
      sum += score * (args.factor ?? 1);
      counter.add(player);
    }
    if (sum < 0) {
      throw new Error(`NEGATIVE the sum is ${sum}`);
    }
    return { sum, text: `${keys.board}: ${sum % 7}, ${bytes.length(args.blob)}`, players: counter.size };
  },
);

export const nothing = defineFunction({ name: 'nothing' }, () => undefined);
