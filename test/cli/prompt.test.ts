import { PassThrough } from 'node:stream';
import { ask } from '../../src/cli/prompt.js';

/** What `ask` makes of these keys, and what it showed. */
async function answerTo(keys: string, signal = new AbortController().signal) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = ask('Drop it? ', signal, { input, output });
  input.write(keys);
  return { answer: await answer, shown: String(output.read()) };
}

it('hands back the line that was typed', async () => {
  expect(await answerTo('yes\r')).toEqual({ answer: 'yes', shown: expect.stringContaining('Drop it? ') });
});

it.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-C after some letters', 'ye\u0003'],
  ['Ctrl-D', '\u0004'],
])('takes %s for no answer', async (_, keys) => {
  expect(await answerTo(keys)).toEqual({ answer: undefined, shown: expect.stringMatching(/\n$/) });
});

it('ends with the signal', async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 10);
  expect((await answerTo('ye', interrupt.signal)).answer).toBeUndefined();
});
