// What the demo prints of a question and of all of them.
import { availableParallelism } from 'node:os';
import { answerTable, receiptLine } from './answers.mjs';
import { sourceOf } from './queries.mjs';

const indent = (text) => text.replace(/^(?=.)/gm, '   ');

export function answerText(number, question, { shards, client, judge }, rooms) {
  const { formatBytes, formatMs, paint } = rooms;
  const dim = (text) => paint('dim', text, process.stdout);
  const { keys = [] } = question;
  const times = [
    `in the shards ${formatMs(shards.ms)}`,
    `columns pulled here (${formatBytes(client.value.receipt.bytesReceived)}) ${formatMs(client.ms)}`,
    `DuckDB, from the file ${formatMs(judge.ms)}`,
  ];
  return [
    paint('bold', `${number}. ${question.title}`, process.stdout),
    indent(dim(sourceOf(question).join('\n'))),
    indent(answerTable(shards.value, judge.value, keys, rooms)),
    `   ${dim('receipt')}  ${receiptLine(shards.value.receipt, rooms)}`,
    `   ${dim('time')}     ${times.join('; ')}\n`,
  ].join('\n');
}

export function summary(outcomes, { formatBytes, paint }) {
  const all = outcomes.length;
  const how = (key) => outcomes.filter((outcome) => outcome[key]).length;
  const bytes = (key) => formatBytes(outcomes.reduce((sum, outcome) => sum + outcome[key], 0));
  const verdict = `${how('right')} of ${all} answers are DuckDB's (integers exactly, floats within 1e-12), and pulling gives the same bits.`;
  return [
    paint('bold', verdict, process.stdout),
    `Here all share ${availableParallelism()} cores and no network lies between, so pulling the columns was faster for ${how('pullingWon')} of ${all} questions.`,
    `Over a network the bytes count: by the shards' way ${bytes('moved')} moved in all, by pulling ${bytes('pulled')}.`,
  ].join('\n');
}
