/** Groups of many calls in any order, merged so that each is touched few times. */

import type { GroupLayout, Groups } from '../groups.js';

/** Runs of calls of equal numbers merge, as the digits of a binary counter carry. */
export class MergedGroups {
  readonly #layout: GroupLayout;
  readonly #runs: { readonly calls: number; readonly groups: Groups }[] = [];

  constructor(layout: GroupLayout) {
    this.#layout = layout;
  }

  add(groups: Groups): void {
    let run = { calls: 1, groups };
    for (let last = this.#runs.at(-1); last !== undefined && last.calls <= run.calls; last = this.#runs.at(-1)) {
      this.#runs.pop();
      run = { calls: last.calls + run.calls, groups: this.#layout.merge(last.groups, run.groups) };
    }
    this.#runs.push(run);
  }

  /** Undefined where nothing was added. */
  result(): Groups | undefined {
    const [first, ...others] = this.#runs.map(({ groups }) => groups);
    return first && others.reduce((left, right) => this.#layout.merge(left, right), first);
  }
}
