/** Random expressions in SQL text, of all that docs/sql.md says is supported, over columns of any names. */
import type { Draw } from './draw.js';

export const WORDS = ['', 'a', 'A', 'ab', 'abc', 'Zürich', 'é', ' x ', "it's", 'a%b', 'JFK', '日本'];

export type Kind = 'number' | 'whole' | 'text' | 'bool' | 'time';

/** Columns in scope, or what stands for them, by what they are. */
export type Names = Readonly<Record<Kind, readonly string[]>>;

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Expressions in SQL. */
export class SqlExpr {
  readonly #draw: Draw;
  readonly #names: Names;

  constructor(draw: Draw, names: Names) {
    this.#draw = draw;
    this.#names = names;
  }

  of(kind: Kind, depth: number): string {
    return this[kind](depth);
  }

  /** A text to compare with. */
  word(): string {
    return this.#draw.pick(WORDS);
  }

  /** A whole number to compare with. */
  digits(): string {
    return String(this.#draw.int(-3, 9));
  }

  constant(): string {
    return this.#draw.pick([String(this.#draw.int(-9, 9)), '1.5', '-0.25', '2e1']);
  }

  /** For LIKE. */
  pattern(): string {
    return this.#draw.pick(['a%', '%b', '_', '%a%', 'JFK', '', '%']);
  }

  any(depth: number): string {
    return this.of(this.#draw.pick(['number', 'number', 'whole', 'text', 'bool', 'time']), depth);
  }

  whole(depth: number): string {
    const draw = this.#draw;
    if (depth <= 0) return draw.chance(0.8) ? this.#column('whole') : this.digits();
    const [a, b] = [() => this.whole(depth - 1), () => this.whole(depth - 1)];
    return draw.pick([
      () => `(${a()} ${draw.pick(['+', '-'])} ${b()})`,
      () => `(${this.#column('whole')} * ${draw.int(-3, 9)})`,
      () => `(${a()} % ${draw.pick([b(), '7'])})`,
      () =>
        `div(${a()}, ${draw.pick(['3', '-4', this.#column('whole')])})`.replace(/^div\((.*), (.*)\)$/, 'div($1, $2)'),
      () => `-${this.#column('whole')}`,
      () => `abs(${a()})`,
      () => `length(${this.text(depth - 1)})`,
      () =>
        `EXTRACT(${draw.pick(['year', 'quarter', 'month', 'day', 'hour', 'minute', 'dow'])} FROM ${this.#stamp(depth)})`,
      () => `date_diff('${draw.pick(['day', 'month', 'hour'])}', ${this.#stamp(0)}, ${this.#stamp(depth)})`,
      () => `CASE WHEN ${this.bool(depth - 1)} THEN ${a()} ELSE ${b()} END`,
      () => `coalesce(${a()}, ${draw.int(0, 3)})`,
      () => `nullif(${a()}, ${draw.int(0, 3)})`,
      () => `CAST(${this.bool(depth - 1)} AS integer)`,
      () => `sign(${a()})`,
    ])();
  }

  number(depth: number): string {
    const draw = this.#draw;
    if (depth <= 0) {
      return draw.chance(0.8) ? this.#column('number') : this.constant();
    }
    const [a, b] = [() => this.number(depth - 1), () => this.number(depth - 1)];
    return draw.pick([
      () => `(${a()} ${draw.pick(['+', '-'])} ${b()})`,
      () => `(${a()} * ${this.#column('number')})`,
      () => `(${a()} / ${draw.pick(['2', '8', '-4'])})`,
      () => `abs(${a()})`,
      () => `sqrt(abs(${a()}))`,
      () => `floor(CAST(${a()} AS double precision))`,
      () => `ceil(CAST(${a()} AS double precision))`,
      () => `round(CAST(${a()} AS double precision))`,
      () => `greatest(${a()}, ${b()})`,
      () => `least(${a()}, ${b()})`,
      () => `CASE WHEN ${this.bool(depth - 1)} THEN ${a()} END`,
      () => `CASE ${this.#column('whole')} WHEN 1 THEN ${a()} WHEN 2 THEN ${b()} ELSE 0 END`,
      () => `coalesce(${a()}, ${b()})`,
      () => `(${a()})::double precision`,
      () => this.whole(depth),
    ])();
  }

  text(depth: number): string {
    const draw = this.#draw;
    if (depth <= 0) return draw.chance(0.75) ? this.#column('text') : quote(this.word());
    const a = () => this.text(depth - 1);
    return draw.pick([
      () => `upper(${a()})`,
      () => `lower(${a()})`,
      () => `trim(${a()})`,
      () => `(${a()} || ${a()})`,
      () => `concat(${a()}, '-', ${a()})`,
      () => `substring(${a()}, ${draw.int(1, 3)}, ${draw.int(0, 3)})`,
      () => `substring(${a()} FROM ${draw.int(1, 3)})`,
      () => `left(${a()}, ${draw.int(0, 3)})`,
      () => `right(${a()}, ${draw.int(0, 3)})`,
      () => `replace(${a()}, 'a', 'o')`,
      () => `CASE WHEN ${this.bool(depth - 1)} THEN ${a()} ELSE ${a()} END`,
      () => `coalesce(${a()}, ${a()})`,
      () => `CAST(${this.#column('whole')} AS text)`,
    ])();
  }

  time(depth: number): string {
    const draw = this.#draw;
    if (depth <= 0) return this.#column('time');
    const unit = draw.pick(['1 day', '-3 days', '2 months', '90 minutes', '1 year 1 day']);
    return draw.pick([
      () => this.#column('time'),
      () => `date_trunc('${draw.pick(['month', 'day', 'year', 'hour', 'week'])}', ${this.#stamp(0)})`,
      () => `(${this.#column('time')} ${draw.pick(['+', '-'])} INTERVAL '${unit}')`,
      () => `CASE WHEN ${this.bool(depth - 1)} THEN ${this.#stamp(0)} END`,
      () => `coalesce(${this.#stamp(0)}, TIMESTAMP '2001-02-03 04:05:06')`,
      () => `CAST(${this.#column('time')} AS date)`,
    ])();
  }

  bool(depth: number): string {
    const draw = this.#draw;
    if (depth <= 0) return draw.chance(0.5) ? this.#column('bool') : this.#compared(0);
    const a = () => this.bool(depth - 1);
    const not = draw.pick(['', 'NOT ']);
    return draw.pick([
      () => this.#compared(depth - 1),
      () => this.#compared(depth - 1),
      () => `(${a()} AND ${a()})`,
      () => `(${a()} OR ${a()})`,
      () => `(NOT ${a()})`,
      () => `(${this.any(depth - 1)} IS ${not}NULL)`,
      () => `(${a()} IS ${not}${draw.pick(['TRUE', 'FALSE', 'UNKNOWN'])})`,
      () => `(${this.number(depth - 1)} ${not}BETWEEN ${this.number(0)} AND ${this.number(0)})`,
      () =>
        `(${this.whole(depth - 1)} ${not}IN (${draw.list(draw.int(1, 4), () => this.digits()).join(', ')}${draw.pick(['', ', NULL'])}))`,
      () => `(${this.text(depth - 1)} ${not}IN (${draw.list(draw.int(1, 3), () => quote(this.word())).join(', ')}))`,
      () => `(${this.text(depth - 1)} ${not}LIKE ${quote(this.pattern())})`,
      () => `starts_with(${this.text(depth - 1)}, 'a')`,
      () => `(${this.whole(depth - 1)} IS ${not}DISTINCT FROM ${this.whole(0)})`,
      () => `(${this.#column('time')} >= DATE '${draw.pick(['1999-01-01', '2000-02-29', '2001-06-01'])}')`,
    ])();
  }

  #compared(depth: number): string {
    const kind = this.#draw.pick(['number', 'whole', 'text'] as const);
    return `(${this.of(kind, depth)} ${this.#draw.pick(['=', '<>', '<', '<=', '>', '>='])} ${this.of(kind, 0)})`;
  }

  #stamp(depth: number): string {
    return `CAST(${depth > 1 ? this.time(1) : this.#column('time')} AS timestamp)`;
  }

  #column(kind: Kind): string {
    return this.#draw.pick(this.#names[kind]);
  }
}
