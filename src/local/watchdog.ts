/**
 * Sees to it that no server outlives the process that started it. No handler in that process could: SIGKILL runs none.
 * So a small shell holds the reading end of a pipe; however the parent ends, the pipe does too, and the shell then ends
 * the servers and removes what was temporary.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** `+PID` and `-PID` add and remove a server, `rm FOLDER` names what to remove at the end, end of input is the end. */
const SCRIPT = `
trap '' INT TERM HUP
pids= folder=
while read -r word rest; do
  case $word in
    +*) pids="$pids \${word#+}" ;;
    -*) kept=; for p in $pids; do [ "$p" = "\${word#-}" ] || kept="$kept $p"; done; pids=$kept ;;
    rm) folder=$rest ;;
  esac
done
signal() { for p in $pids; do kill "-$1" "$p" 2>/dev/null; done; }
runs() {
  kill -0 "$1" 2>/dev/null || return 1
  # A dead server that nobody has waited for yet is a zombie, in some containers for ever.
  [ ! -r "/proc/$1/stat" ] || { read -r stat < "/proc/$1/stat"; case $stat in *') Z '*) return 1 ;; esac; }
}
alive() { for p in $pids; do runs "$p" && return 0; done; return 1; }
if [ -n "$folder" ]; then signal KILL; else signal CONT; signal TERM; fi
waited=0
while alive && [ $waited -lt 60 ]; do sleep 1; waited=$((waited + 1)); done
signal KILL
[ -z "$folder" ] || rm -rf "$folder"
`;

export class Watchdog {
  readonly #shell: ChildProcess;
  #failure: Error | undefined;

  /** @param temporary a folder without lasting data: its servers are killed at once and it is removed */
  constructor(temporary: string | undefined) {
    // A group of its own: Ctrl-C in the terminal must not reach it.
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#shell.unref();
    const input = this.#shell.stdin as unknown as { unref(): void };
    input.unref();
    const lost = (error: Error) => {
      this.#failure ??= error;
    };
    this.#shell.stdin?.on('error', lost);
    this.#shell.on('error', lost);
    if (temporary !== undefined) this.#say(`rm ${temporary}`);
  }

  /** Why nobody watches, if so; the servers run on regardless. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  add(pid: number): void {
    this.#say(`+${pid}`);
  }

  remove(pid: number): void {
    this.#say(`-${pid}`);
  }

  /** Ends the watch; what is left of servers and folder goes with it. */
  close(): void {
    this.#shell.stdin?.end();
  }

  #say(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }
}
