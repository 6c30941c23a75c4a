/** The commands as the types declare them, read through the compiler. */
import { join } from 'node:path';
import ts from 'typescript';

/** One way to call a command: what each place takes. */
export interface Form {
  /** The literals that may stand in the first place, in capitals. */
  readonly subcommands: readonly string[];
  readonly least: number;
  /** Infinity where the list may go on. */
  readonly most: number;
  /** All literal words, in capitals. */
  readonly words: ReadonlySet<string>;
}

const FILE = join(process.cwd(), 'lua/types/redis.d.ts');

const membersOf = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]);

function wordsOf(type: ts.Type): string[] {
  return membersOf(type).flatMap((member) => (member.isStringLiteral() ? [member.value.toUpperCase()] : []));
}

function formOf(checker: ts.TypeChecker, tuple: ts.TypeReference): Form {
  const places = checker.getTypeArguments(tuple);
  const target = tuple.target as ts.TupleType;
  const open = target.combinedFlags === undefined || (target.combinedFlags & ts.ElementFlags.Rest) !== 0;
  const first = places[0];
  return {
    subcommands: first === undefined ? [] : wordsOf(first),
    least: checker.isArrayType(tuple) ? 0 : target.minLength,
    most: open ? Number.POSITIVE_INFINITY : places.length,
    words: new Set(places.flatMap(wordsOf)),
  };
}

/** By name, all forms of each command. */
export function declaredCommands(): Map<string, Form[]> {
  const program = ts.createProgram([FILE], { lib: ['lib.es2023.d.ts'], types: [], strict: true, noEmit: true });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(FILE);
  if (file === undefined) throw new Error(`${FILE} is missing`);
  const namespace = checker
    .getSymbolsInScope(file, ts.SymbolFlags.Namespace)
    .find((symbol) => symbol.name === 'RedisLua');
  const commands = namespace?.exports?.get('Commands' as ts.__String);
  if (commands === undefined) throw new Error('RedisLua.Commands is missing');
  const forms = (command: ts.Symbol) =>
    membersOf(checker.getTypeOfSymbol(command)).flatMap((form) => {
      const args = form.getProperty('args');
      if (args === undefined) throw new Error(`${command.name} has no args`);
      return membersOf(checker.getTypeOfSymbol(args)).map((tuple) => formOf(checker, tuple as ts.TypeReference));
    });
  const all = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(commands));
  return new Map(all.map((command) => [command.name, forms(command)]));
}
