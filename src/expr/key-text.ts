/** What tells expressions and plans apart: texts of theirs, which no two that mean different things share. */

/** Equal for what is written alike: `formatNode` is for readers, and shows a column "a + 1" as it shows the sum. */
export function keyText(value: unknown): string {
  return JSON.stringify(value, function replaced(this: Readonly<Record<string, unknown>>, key: string, each: unknown) {
    // A Date comes here as its text already.
    const own = this[key];
    if (own instanceof Date) return ['date', own.getTime()];
    if (typeof each === 'bigint') return ['bigint', String(each)];
    if (typeof each !== 'number' || (Number.isFinite(each) && !Object.is(each, -0))) return each;
    return ['number', Object.is(each, -0) ? '-0' : String(each)];
  });
}
