interface Box {
  readonly on: boolean;
}

export function conditions(n: number, s: string, u: unknown, box: Box | null, list: number[], maybe?: number): void {
  if (n) return; //! this condition may be a number
  if (s) return; //! this condition may be a string
  if (u) return; //! this condition may be anything
  if (maybe) return; //! this condition may be a number
  while (n) break; //! this condition may be a number
  do break;
  while (s); //! this condition may be a string
  for (; n; ) break; //! this condition may be a number
  const a = n ? 1 : 2; //! this condition may be a number
  const b = !s; //! this condition may be a string
  const c = n && list; //! this condition may be a number
  const d = s || 'default'; //! this condition may be a string
  let e: number | null = n;
  e ||= 4; //! this condition may be a number
  e &&= 4; //! this condition may be a number
  if (box && box.on && list && a === 1 && b && !box) return;
  if (c === list || d !== '' || e !== null) return;
  if (maybe !== undefined && maybe !== 0) return;
}

export function generic<T, S extends object>(t: T, s: S): boolean {
  if (s) return true;
  return t ? true : false; //! this condition may be anything
}
