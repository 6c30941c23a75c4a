/** The prompt of `shardfold sql`. */
import { createInterface, type Interface } from 'node:readline';
import type { ClusterLink } from '../cluster/types.js';
import { EXIT_INTERRUPTED, ExitCode, paint, report, say } from './output.js';
import { type PromptState, runCommand } from './sql-commands.js';
import { completerOf } from './sql-completion.js';
import { HISTORY_SIZE, HistoryFile, historyFile, loadHistory } from './sql-history.js';
import { promptHint } from './sql-prompt-hints.js';
import { type RunOptions, runStatement } from './sql-run.js';
import { splitStatements } from './sql-split.js';

const PROMPT = 'shardfold=> ';

/** Statements end with a semicolon and may have several lines; what fails is said, and the prompt goes on. */
export async function sqlPrompt(link: ClusterLink, options: RunOptions): Promise<void> {
  const file = historyFile();
  const history = await loadHistory(file);
  const prompt = new Prompt(link, options, { history, file: new HistoryFile(file) });
  say(paint('dim', 'Statements end with ;   \\? shows what else there is, \\q leaves.'));
  await prompt.run();
}

class Prompt {
  readonly #link: ClusterLink;
  readonly #options: RunOptions;
  readonly #lines: Interface;
  readonly #state: PromptState;
  readonly #file: HistoryFile;
  /** Newest first. */
  #history: string[];
  /** Lines that were typed, or pasted, while something ran. */
  readonly #waiting: string[] = [];
  #typed = '';
  #running: AbortController | undefined;
  #isClosed = false;

  constructor(link: ClusterLink, options: RunOptions, { history, file }: { history: string[]; file: HistoryFile }) {
    this.#link = link;
    this.#options = options;
    this.#state = { footer: options.footer, expanded: options.expanded, maxRows: options.maxRows };
    this.#file = file;
    this.#history = history;
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      history: [...history],
      historySize: HISTORY_SIZE,
      removeHistoryDuplicates: true,
      completer: completerOf(link, () => this.#typed),
    });
  }

  run(): Promise<void> {
    const { signal } = this.#options;
    const lines = this.#lines;
    return new Promise((resolve, reject) => {
      // From outside; Ctrl-C itself comes as SIGINT of the lines.
      signal.addEventListener('abort', () => {
        this.#running?.abort();
        lines.close();
      });
      lines.on('line', (line) => {
        this.#waiting.push(line);
        if (this.#waiting.length === 1) this.#work().catch(reject);
      });
      lines.on('SIGINT', () => this.#interrupt());
      lines.on('close', () => {
        this.#isClosed = true;
        this.#running?.abort();
        process.stdout.write('\n');
        if (signal.aborted) reject(new ExitCode(EXIT_INTERRUPTED));
        else resolve();
      });
      this.#ask();
    });
  }

  #ask(): void {
    if (this.#isClosed) return;
    const { open } = splitStatements(this.#typed);
    this.#lines.setPrompt(this.#typed === '' ? PROMPT : `shardfold${open ?? '-'}> `);
    this.#lines.prompt();
  }

  /** Stops what runs, or forgets what is typed; the prompt stays. */
  #interrupt(): void {
    if (this.#running) {
      this.#running.abort();
      this.#waiting.length = Math.min(this.#waiting.length, 1);
      return;
    }
    process.stdout.write('^C\n');
    this.#typed = '';
    this.#lines.setPrompt(PROMPT);
    // What stands in the line is forgotten, too.
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#ask();
  }

  /** One line after the other. */
  async #work(): Promise<void> {
    for (let line = this.#waiting[0]; line !== undefined && !this.#isClosed; line = this.#waiting[0]) {
      await this.#take(line);
      this.#waiting.shift();
    }
    this.#ask();
  }

  async #take(line: string): Promise<void> {
    const command = this.#commandIn(line);
    if (command !== undefined) {
      await this.#remember(line.trim());
      await this.#attempt(async (signal) => {
        if (await runCommand(command, this.#link, this.#state, signal)) this.#lines.close();
      });
      return;
    }
    const { statements, rest } = splitStatements(`${this.#typed}${line}\n`);
    if (statements.length > 0) await this.#remember(`${statements.join('; ')};`);
    this.#typed = rest;
    for (const text of statements) {
      const options = { ...this.#options, ...this.#state };
      const done = await this.#attempt((signal) => runStatement(this.#link, text, [], { ...options, signal }));
      if (!done) break;
    }
  }

  /**
   * The command that a line is. Commands may stand between the lines of a statement, which waits; in a quote or a comment there
   * are none. `exit`, `quit` and `help` are for those who have not read that commands begin with \\, as in psql.
   */
  #commandIn(line: string): string | undefined {
    if (splitStatements(this.#typed).open !== undefined) return undefined;
    if (line.trimStart().startsWith('\\')) return line.trim();
    const [, word] = /^\s*(exit|quit|help)\s*;?\s*$/i.exec(line) ?? [];
    if (word === undefined) return undefined;
    const command = word.toLowerCase() === 'help' ? '\\?' : '\\q';
    if (this.#typed === '') return command;
    say(`note: ${word} is taken as a part of the statement that is open; ${command} is the command`);
    return undefined;
  }

  /** @returns whether it went well */
  async #attempt(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const running = new AbortController();
    this.#running = running;
    try {
      await work(running.signal);
      return true;
    } catch (error) {
      if (running.signal.aborted) say('stopped');
      else report(error, promptHint);
      return false;
    } finally {
      this.#running = undefined;
    }
  }

  /** A statement is one entry, however many lines it had. */
  async #remember(entry: string): Promise<void> {
    // A comment would swallow what comes after it in the same line.
    const text = /--/.test(entry) ? entry.replace(/--[^\n]*/g, ' ') : entry;
    const line = text.replace(/\s*\n\s*/g, ' ').trim();
    if (line === '') return;
    this.#history = [line, ...this.#history.filter((each) => each !== line)].slice(0, HISTORY_SIZE);
    const { history } = this.#lines as Interface & { history: string[] };
    history.splice(0, history.length, ...this.#history);
    await this.#file.save(this.#history);
  }
}
