import type { Expression } from 'typescript-to-lua';
import type { Compilers } from './compilers.js';

export type Makers = ReturnType<typeof makers>;

/** Calls of our functions, by the locals that compiled modules keep our modules in. */
export function makers({ tstl }: Pick<Compilers, 'tstl'>) {
  const name = (text: string) => tstl.createIdentifier(text);
  const field = (local: string, of: string): Expression =>
    tstl.createTableIndexExpression(name(local), tstl.createStringLiteral(of));
  const call = (local: string, of: string, params: Expression[]) => tstl.createCallExpression(field(local, of), params);
  return { name, field, call };
}
