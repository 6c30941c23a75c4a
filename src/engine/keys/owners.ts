/** Who owns which slot, as a table: asked for thousands of slots before every call. */

import { SLOTS } from '../../cluster/slots.js';
import type { ClusterLink, NodeInfo } from '../../cluster/types.js';

/** By slot, the id of the primary that owns it. */
export type OwnerTable = readonly (string | undefined)[];

export class Owners {
  readonly #link: ClusterLink;
  #nodes: readonly NodeInfo[] = [];
  #table: (string | undefined)[] = [];

  constructor(link: ClusterLink) {
    this.#link = link;
  }

  /** By the present topology. */
  get table(): OwnerTable {
    const nodes = this.#link.nodes();
    // A newer picture is another array.
    if (nodes !== this.#nodes) {
      this.#nodes = nodes;
      this.#table = new Array<string | undefined>(SLOTS).fill(undefined);
      for (const { id, slots } of nodes) for (const [from, to] of slots) this.#table.fill(id, from, to + 1);
    }
    return this.#table;
  }
}
