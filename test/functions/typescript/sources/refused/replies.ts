/** What a command returns for nothing is false. */
export function replies(key: string, list: (string | false)[]): unknown[] {
  const value = redis.call('GET', key);
  const pieces: boolean[] = [
    value === null, //! value is never null or undefined
    undefined !== value, //! value is never null or undefined
    value == null, //! value is never null or undefined
  ];
  const other = value ?? 'f'; //! value is never null or undefined
  if (redis.call('EXISTS', key)) return pieces; //! this condition may be a number
  if (value) return [other]; //! this condition may be a string
  const element = list[0] ?? 'g';
  const either = list.length > 1 ? null : list.length > 0;
  return either === null || element === false ? [] : [either];
}
