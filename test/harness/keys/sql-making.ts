/** A statement in the making: the columns that are in scope, and expressions over them. */
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from '../oracle/draw.js';
import { type Kind, type Names, quote, SqlExpr } from '../oracle/sql-expr.js';
import type { Mention, SqlSource } from './sql-source.js';

export interface SqlColumn {
  readonly sql: string;
  readonly name: string;
  readonly type: ColumnType;
  readonly samples: readonly (number | string)[];
}

export interface Relation {
  /** `⟦n⟧` stands for the mention n of a source; `⟦n:zset⟧` for one that is called so without an alias. */
  readonly from: string;
  readonly columns: readonly SqlColumn[];
  /** What `*` stands for, where it is the same in DuckDB. */
  readonly star: readonly string[] | undefined;
  /** A column that no two rows share. */
  readonly unique?: string | undefined;
}

/** Numbers that an expression comes to, in the rows of a FROM clause. */
export interface Wide {
  readonly sql: string;
  readonly from: string;
}

/** A statement in the making. */
export class Making {
  readonly draw: Draw;
  readonly sources: readonly SqlSource[];
  readonly mentions: Mention[] = [];
  readonly wide: Wide[] = [];
  readonly froms: string[] = [];
  /** Whether equal values became one within it, which may be 0 or -0. */
  merges = false;

  constructor(draw: Draw, sources: readonly SqlSource[]) {
    this.draw = draw;
    this.sources = sources;
  }

  mention(source: SqlSource): { mark: string; called: string | undefined } {
    const mention = source.mention(this.draw);
    return { mark: `⟦${this.mentions.push(mention) - 1}⟧`, called: mention.called };
  }

  /** Expressions over a FROM clause. */
  expr({ from, columns }: Relation): KeyExpr {
    this.froms.push(from);
    return new KeyExpr(this, columns, from);
  }
}

const isNumber = (type: ColumnType): boolean => /^(int|float|decimal)/.test(type);
/** Decimals and 32-bit floats are wider numbers in arithmetic here (docs/semantics.md), which is to be said in DuckDB. */
const asNumber = ({ sql, type }: SqlColumn): string =>
  type === 'float32' || type.startsWith('decimal') ? `CAST(${sql} AS double precision)` : sql;

function namesOf(columns: readonly SqlColumn[]): Names {
  const of = (...types: readonly ColumnType[]): string[] =>
    columns.filter(({ type }) => types.includes(type)).map(({ sql }) => sql);
  const text = of('utf8');
  const whole = of('int32', 'int64');
  const some = (list: string[], otherwise: string): string[] => (list.length > 0 ? list : [otherwise]);
  return {
    number: some(columns.filter(({ type }) => isNumber(type)).map(asNumber), '7'),
    whole: some(whole, text[0] === undefined ? '3' : `length(${text[0]})`),
    text: some(text, "'w1'"),
    bool: some(of('bool'), text[0] === undefined ? 'TRUE' : `contains(${text[0]}, '1')`),
    time: some(of('timestamp', 'date'), "TIMESTAMP '2001-02-03 04:05:06'"),
  };
}

/** As `SqlExpr`, with casts that may fail and columns as they are; notes the numbers that may be too large. */
export class KeyExpr extends SqlExpr {
  readonly columns: readonly SqlColumn[];
  readonly #making: Making;
  readonly #from: string;

  constructor(making: Making, columns: readonly SqlColumn[], from: string) {
    super(making.draw, namesOf(columns));
    this.columns = columns;
    this.#making = making;
    this.#from = from;
  }

  column(fits: (type: ColumnType) => boolean = () => true): SqlColumn | undefined {
    const found = this.columns.filter(({ type }) => fits(type));
    return found.length === 0 ? undefined : this.#making.draw.pick(found);
  }

  /** Most of them values that occur; none that only a text with escapes holds. */
  override word(): string {
    const known = this.#samples((type) => type === 'utf8').filter((text) => /^\P{Cc}*$/u.test(text));
    return known.length > 0 && this.#making.draw.chance(0.7) ? this.#making.draw.pick(known) : super.word();
  }

  override digits(): string {
    const known = this.#samples((type) => type.startsWith('int')).filter((text) => /^-?\d{1,9}$/.test(text));
    return known.length > 0 && this.#making.draw.chance(0.5) ? this.#making.draw.pick(known) : super.digits();
  }

  /** Such as 1.5 would be decimals in DuckDB. */
  override constant(): string {
    const known = this.#samples(isNumber).filter((text) => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text));
    const float = (text: string): string => (text.includes('e') ? text : `${text}e0`);
    return this.#making.draw.pick([...known.map(float), this.digits(), '15e-1', '-25e-2', '2e1']);
  }

  override pattern(): string {
    return this.#making.draw.pick(['w%', 'W_', '%1', '%1%', 't%:_', '%:%2', '%:2%', '', '%']);
  }

  #samples(fits: (type: ColumnType) => boolean): string[] {
    return this.columns.flatMap(({ type, samples }) => (fits(type) ? samples.map(String) : []));
  }

  override any(depth: number): string {
    const { draw } = this.#making;
    if (draw.chance(0.35)) return this.column()?.sql ?? super.any(depth);
    const has = (kind: RegExp): boolean => this.columns.some(({ type }) => kind.test(type));
    const kinds: Kind[] = ['whole', 'bool', 'text'];
    if (has(/^(int|float|dec)/)) kinds.push('number', 'number');
    if (has(/^(date|time)/)) kinds.push('time', 'time');
    return this.of(draw.pick(kinds), depth);
  }

  override whole(depth: number): string {
    const cast = (): string => `TRY_CAST(${this.#digits()} AS integer)`;
    return this.#noted(this.#sometimes(depth > 0 ? 0.15 : 0, cast) ?? super.whole(depth));
  }

  override number(depth: number): string {
    const cast = (): string => `TRY_CAST(${this.#digits()} AS double precision)`;
    return this.#noted(this.#sometimes(depth > 0 ? 0.1 : 0, cast) ?? super.number(depth));
  }

  override text(depth: number): string {
    const { draw } = this.#making;
    const shown = (): string | undefined => this.column((type) => /^(decimal|date|bool|int)/.test(type))?.sql;
    const cast = (): string => `CAST(${draw.chance(0.5) ? this.bool(depth - 1) : (shown() ?? this.whole(0))} AS text)`;
    const end = (): string => `${draw.pick(['ltrim', 'rtrim', 'upper'])}(${this.#part()})`;
    return (
      this.#sometimes(depth > 0 ? 0.3 : 0, () => draw.pick([cast, end, () => this.#part()])()) ?? super.text(depth)
    );
  }

  override time(depth: number): string {
    const cast = (): string => `TRY_CAST(${this.#digits()} AS ${this.#making.draw.pick(['date', 'timestamp'])})`;
    return this.#sometimes(depth > 0 ? 0.05 : 0, cast) ?? super.time(depth);
  }

  override bool(depth: number): string {
    const { draw } = this.#making;
    const drawn = (): string =>
      draw.pick([
        () => `isnan(CAST(${this.number(depth - 1)} AS double precision))`,
        () => `ends_with(${this.text(depth - 1)}, ${quote([...this.word()].at(-1) ?? '')})`,
        () => `(${this.text(depth - 1)} ${draw.pick(['', 'NOT '])}ILIKE ${quote(this.pattern().toUpperCase())})`,
        () => `TRY_CAST(${this.#digits()} AS boolean)`,
      ])();
    return this.#sometimes(depth > 0 ? 0.15 : 0, drawn) ?? super.bool(depth);
  }

  #part(): string {
    return `split_part(${super.text(0)}, ${this.#making.draw.pick(["':'", "'w'", "'}'"])}, ${this.#making.draw.pick([1, 2, 3, -1])})`;
  }

  #digits(): string {
    return this.#making.draw.pick([() => this.#part(), () => super.text(0)])();
  }

  #sometimes(probability: number, drawn: () => string | undefined): string | undefined {
    return probability > 0 && this.#making.draw.chance(probability) ? drawn() : undefined;
  }

  #noted(sql: string): string {
    this.#making.wide.push({ sql, from: this.#from });
    return sql;
  }
}
