export class Counter {
  private readonly seen = new Map<string, number>();

  get size(): number {
    return this.seen.size;
  }

  add(name: string): void {
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
  }
}
