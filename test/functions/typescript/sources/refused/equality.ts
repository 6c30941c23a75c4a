import { type Bytes, bytes } from 'shardfold/functions';

export function equality(
  both: number | null | undefined,
  either: number | null | undefined,
  later: number | null | undefined,
  nullable: number | null,
  maybe: number | undefined,
  a: Bytes,
  b: Bytes,
): boolean {
  if (both === null) return true; //! both may be null or undefined here
  if (undefined !== later) return true; //! later may be null or undefined here
  if (nullable === maybe) return true; //! may be null or undefined here
  switch (either) {
    case null: //! either may be null or undefined here
      return true;
    case 1:
      return false;
  }
  if (maybe == 1) return true; //! == converts what it compares
  if (nullable != 1) return true; //! != converts what it compares
  if (a === b) return true; //! bytes are compared as objects
  return either == null || nullable === null || maybe === undefined || either === 1 || bytes.equal(a, b);
}

export function find<T>(list: T[], wanted: T): boolean {
  return list[0] === wanted; //! may be null or undefined here
}

export function findKnown<T extends {}>(list: T[], wanted: T): boolean {
  return list[0] === wanted;
}
