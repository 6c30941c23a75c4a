/**
 * The one merge tree. Its leaves are the units of a table in order (chunk by chunk, eight to a chunk); the node i of height h
 * covers the leaves i * 2^h … (i + 1) * 2^h - 1. Whatever order nodes arrive in, two are merged when both are there and never
 * otherwise, so that the result depends on the leaves alone.
 */

/** A node without rows: pruned, filtered away, or beyond the end. Merging with it changes nothing. */
const EMPTY: unique symbol = Symbol('no rows');

type Node<T> = T | typeof EMPTY;

export class MergeTree<T> {
  readonly #merge: (left: T, right: T) => T;
  readonly #height: number;
  /** By height: nodes that wait for their sibling. */
  readonly #waiting: Map<number, Node<T>>[];
  #root: Node<T> | undefined;

  /** @param merge left (of the lower leaves) with right; may change and return left */
  constructor(leaves: number, merge: (left: T, right: T) => T) {
    this.#merge = merge;
    this.#height = Math.ceil(Math.log2(Math.max(1, leaves)));
    this.#waiting = Array.from({ length: this.#height + 1 }, () => new Map());
    if (leaves === 0) this.#root = EMPTY;
    // What lies beyond the last leaf, as the largest nodes that hold nothing else.
    let leaf = leaves;
    while (leaves > 0 && leaf < 2 ** this.#height) {
      let height = 0;
      while (leaf % 2 ** (height + 1) === 0) height += 1;
      this.#place(height, leaf / 2 ** height, EMPTY);
      leaf += 2 ** height;
    }
  }

  /** Adds the merged state of a node's leaves. Every leaf must be covered once. */
  add(height: number, index: number, state: T): void {
    this.#place(height, index, state);
  }

  /** Says that a node's leaves hold no rows. */
  skip(height: number, index: number): void {
    this.#place(height, index, EMPTY);
  }

  /** The state of all leaves; undefined where none held a row. @throws where a leaf has not been accounted for, or twice */
  result(): T | undefined {
    if (this.#root === undefined) throw new Error('the merge tree lacks a part of the table');
    // A part that came again after its sibling had been merged with it waits in vain.
    if (this.#waiting.some((nodes) => nodes.size > 0)) throw new Error('a part of the table was counted twice');
    return this.#root === EMPTY ? undefined : (this.#root as T);
  }

  #place(height: number, index: number, node: Node<T>): void {
    if (height === this.#height) {
      if (this.#root !== undefined || index !== 0) throw new Error('a part of the table was counted twice');
      this.#root = node;
      return;
    }
    const waiting = this.#waiting[height] as Map<number, Node<T>>;
    const sibling = index % 2 === 0 ? index + 1 : index - 1;
    const other = waiting.get(sibling);
    if (other === undefined) {
      if (waiting.has(index)) throw new Error('a part of the table was counted twice');
      waiting.set(index, node);
      return;
    }
    waiting.delete(sibling);
    const [left, right] = index % 2 === 0 ? [node, other] : [other, node];
    this.#place(height + 1, Math.floor(index / 2), this.#join(left as Node<T>, right as Node<T>));
  }

  #join(left: Node<T>, right: Node<T>): Node<T> {
    if (left === EMPTY) return right;
    return right === EMPTY ? left : this.#merge(left as T, right as T);
  }
}
