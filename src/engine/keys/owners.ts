/** Who owns which slot, as a table: asked for thousands of slots before every call. */

import { SLOTS } from '../../cluster/slots.js';
import type { ClusterLink, NodeInfo } from '../../cluster/types.js';

export class Owners {
  readonly #link: ClusterLink;
  #nodes: readonly NodeInfo[] = [];
  readonly #owners = new Array<string | undefined>(SLOTS).fill(undefined);

  constructor(link: ClusterLink) {
    this.#link = link;
  }

  /** The id of the primary that owns a slot, by the present topology. */
  of(slot: number): string | undefined {
    const nodes = this.#link.nodes();
    // A newer picture is another array.
    if (nodes !== this.#nodes) {
      this.#nodes = nodes;
      this.#owners.fill(undefined);
      for (const { id, slots } of nodes) for (const [from, to] of slots) this.#owners.fill(id, from, to + 1);
    }
    return this.#owners[slot];
  }
}
