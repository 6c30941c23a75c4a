/** Random choices one after another, as imperative code; all of them come from fast-check, so that a seed repeats them. */
import fc, { type GeneratorValue } from 'fast-check';

const float = fc.double;

export class Draw {
  readonly #g: GeneratorValue;

  constructor(g: GeneratorValue) {
    this.#g = g;
  }

  int(min: number, max: number): number {
    return this.#g(fc.integer, { min, max });
  }

  /** A whole number anywhere within ±2^53, more often near the edges. */
  wide(min: number, max: number): number {
    return this.#g(fc.maxSafeInteger as () => fc.Arbitrary<number>) % (Math.min(max, -min) + 1);
  }

  chance(probability: number): boolean {
    return this.int(0, 999) < probability * 1000;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)] as T;
  }

  /** Any double at all: NaN, infinities, zeros of both signs and subnormals among them. */
  double(): number {
    return this.#g(float);
  }

  text(maxLength: number): string {
    return this.#g(fc.string, { unit: 'grapheme', maxLength });
  }

  list<T>(length: number, item: (i: number) => T): T[] {
    return Array.from({ length }, (_, i) => item(i));
  }
}
