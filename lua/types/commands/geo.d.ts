/** Numbers arrive as text: `Number(reply)`. */
declare namespace RedisLua {
  type Unit = Word<'M' | 'KM' | 'FT' | 'MI'>;
  type From = [word: Word<'FROMMEMBER'>, member: Arg] | [word: Word<'FROMLONLAT'>, longitude: Num, latitude: Num];
  type By =
    | [word: Word<'BYRADIUS'>, radius: Num, unit: Unit]
    | [word: Word<'BYBOX'>, width: Num, height: Num, unit: Unit];
  type Nearest = Two<Opt<[Word<'ASC' | 'DESC'>]>, Opt<[...Count, ...Opt<[Word<'ANY'>]>]>>;
  type GeoWord = Word<'WITHCOORD' | 'WITHDIST' | 'WITHHASH'>;
  /** The member, then what was asked for: distance, hash, coordinates. */
  type GeoDetails = [member: Bulk, ...details: (Bulk | number | [longitude: Bulk, latitude: Bulk])[]];
  /** ASC, DESC, COUNT n, ANY, STORE key, STOREDIST key; with WITHCOORD, WITHDIST or WITHHASH the reply is of lists. */
  type RadiusOption = Word<'ASC' | 'DESC' | 'COUNT' | 'ANY'> | GeoWord | Num;
  type StoreResult = [word: Word<'STORE' | 'STOREDIST'>, destination: Key];

  interface Commands {
    GEOADD: {
      args: [
        key: Key,
        ...flags: Two<Opt<[Word<'NX' | 'XX'>]>, Opt<[Word<'CH'>]>>,
        longitude: Num,
        latitude: Num,
        member: Arg,
        ...more: Arg[],
      ];
      reply: number;
    };
    GEODIST: { args: [key: Key, member1: Arg, member2: Arg, ...unit: Opt<[Unit]>]; reply: Bulk | false };
    GEOHASH: { args: [key: Key, ...members: Arg[]]; reply: (Bulk | false)[] };
    GEOPOS: { args: [key: Key, ...members: Arg[]]; reply: ([longitude: Bulk, latitude: Bulk] | false)[] };
    GEORADIUS:
      | {
          args: [key: Key, longitude: Num, latitude: Num, radius: Num, unit: Unit, ...options: RadiusOption[]];
          reply: (Bulk | GeoDetails)[];
        }
      | {
          args: [
            key: Key,
            longitude: Num,
            latitude: Num,
            radius: Num,
            unit: Unit,
            ...options: RadiusOption[],
            ...StoreResult,
          ];
          reply: number;
        };
    GEORADIUSBYMEMBER:
      | {
          args: [key: Key, member: Arg, radius: Num, unit: Unit, ...options: RadiusOption[]];
          reply: (Bulk | GeoDetails)[];
        }
      | {
          args: [key: Key, member: Arg, radius: Num, unit: Unit, ...options: RadiusOption[], ...StoreResult];
          reply: number;
        };
    GEORADIUSBYMEMBER_RO: {
      args: [key: Key, member: Arg, radius: Num, unit: Unit, ...options: RadiusOption[]];
      reply: (Bulk | GeoDetails)[];
    };
    GEORADIUS_RO: {
      args: [key: Key, longitude: Num, latitude: Num, radius: Num, unit: Unit, ...options: RadiusOption[]];
      reply: (Bulk | GeoDetails)[];
    };
    GEOSEARCH:
      | { args: [key: Key, ...from: From, ...by: By, ...nearest: Nearest]; reply: Bulk[] }
      | {
          args: [key: Key, ...from: From, ...by: By, ...nearest: Nearest, detail: GeoWord, ...details: GeoWord[]];
          reply: GeoDetails[];
        };
    GEOSEARCHSTORE: {
      args: [
        destination: Key,
        source: Key,
        ...from: From,
        ...by: By,
        ...nearest: Nearest,
        ...dist: Opt<[Word<'STOREDIST'>]>,
      ];
      reply: number;
    };
  }
}
