/** How a call is checked: the name decides which arguments fit, the arguments decide which reply comes. */
declare namespace RedisLua {
  type CommandName = keyof Commands | Lowercase<keyof Commands>;
  type Forms<C extends string> = Commands[Uppercase<C> & keyof Commands];
  type ArgsOf<C extends string> = Forms<C>['args'];

  /** Any number of elements: a spread array, or a list that goes on. */
  type Open<A extends readonly unknown[]> = number extends A['length'] ? true : false;
  /** Where a command takes any number of arguments, a spread array of unknown length fits too. */
  type Spread<A extends readonly unknown[]> = A extends unknown ? (Open<A> extends true ? A | A[number][] : A) : never;
  type Enough<C extends string, A extends readonly unknown[]> =
    Open<A> extends true ? unknown : A extends ArgsOf<C> ? unknown : { 'these arguments do not fit the command': C };

  type ReplyOf<C extends string, A extends readonly unknown[]> =
    Forms<C> extends infer F
      ? F extends { args: infer P extends readonly unknown[]; reply: infer R }
        ? Fit<A, P, R>
        : never
      : never;
  type Fit<A extends readonly unknown[], P extends readonly unknown[], R> = A extends P
    ? R
    : [Open<A>, Open<P>] extends [true, true]
      ? R
      : never;

  type Call = <C extends CommandName, A extends Spread<ArgsOf<C>>>(
    this: void,
    command: C & Enough<C, A>,
    ...args: A
  ) => ReplyOf<C, A>;

  type ProtectedCall = <C extends CommandName, A extends Spread<ArgsOf<C>>>(
    this: void,
    command: C & Enough<C, A>,
    ...args: A
  ) => ReplyOf<C, A> | CallError;
}
