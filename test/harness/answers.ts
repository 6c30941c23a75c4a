import { join } from 'node:path';

/** Where the test broker keeps what it has answered to a question. */
export const answerFile = (scratch: string, question: string): string =>
  join(scratch, `answer-${question.replaceAll(' ', '-')}`);
