/** Texts on which parsers of JSON are known to differ. */

/** Items between bars; line ends, and spaces at the beginnings of lines, do not count. */
const items = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimStart())
    .join('')
    .split('|');

/** Escapes are JSON's own here. */
const NUMBERS =
  items(`1|0|-0|-0.0|1.5|2.5|-2.5|0.5|1.|.5|-.5|+1|01|-01|1e5|1E+5|1.e5|1e|1e999|-1e999|1e-999|0x10|-0x10|NaN|
  nan|Infinity|-Infinity|-inf|-nan|inf|- 1|-|1-1|1 1|1_0|0e5|0.e1|00|1.5.5|1.005|2.675|19.99|0.1|0.30000000000000004|1234567.891|
  9007199254740991|9007199254740992|-9007199254740992|9007199254740993|90071992547409.91|123456789012345678901234567890|
  0.49999999999999994|0.4999999999999999999|2147483647|2147483647.4|2147483647.5|2147483648|-2147483648.5|1700000000|1700000000.123|
  1700000000.1235|8.64e15|8640000000000.5|8640000000000001|3.5e38|1e39|4.9e-324|1e15|1e16|123456789012345.6|1.7976931348623157e308`);

const WORDS =
  items(String.raw`true|false|null|True|tru|truee|nul|nulll|truefalse|'a'|"a|a"|""|"5"|"true"|"a\"b"|"\/"|"\x"|"\u0041"|
  "\u00e9"|"é"|"\u0000"|"a\u0000b"|"\ud83e\udd86"|"🦆"|"\ud83e"|"\udd86"|"\udd86\ud83e"|"\ud83ex"|"\ud83e\u0041"|"\uD83E\uDD86"|
  "\\ud83e"|"\\\ud83e"|"\u12"|"\u12g4"|"\U0041"|"\n\t\b\f\r"|"2024-02-29"|"2024-02-29T12:34:56.789Z"|"1700000000"|"a.b"|"1."|"-.5"|
  "5. "|[]|{}|[1,]|[,1]|{"a":1,}|{"a"}|{a:1}|[1 2]|{"a":1 "b":2}|[1}|{"a":[}|"a" "b"|/* */ 1|1 // x|[1.]|[-.5,1]|"\"|"\\"|"\\\"|
  ["\\",1.]|{"x":"\"1.","y":1.}|["\\\"",1]`);

/** Characters as they are: controls, other spaces, a byte order mark. */
const PLAIN = [
  '"a\tb"',
  '"a\nb"',
  '"a\u007fb"',
  '"a\0b"',
  '\u00a01',
  '\ufeff1',
  '\u20281',
  '\f1',
  '\v1',
  '\t1\r\n',
  `1${'0'.repeat(400)}`,
  `0.${'0'.repeat(400)}1`,
  `${'9'.repeat(50)}.${'9'.repeat(50)}`,
];

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

const DOCUMENTS = [
  ...items(String.raw`|5|"x"|{"v":1}x|{"v":1}{"v":2}|{"v":1,"v":2}|{"v":1,"v":null}|{"v":null,"v":1}|{"V":1}|{"\u0076":1}|{"v\u0000":1}|
    {"":1}|{"v":1,"w":"\ud800"}|{"\ud800":1,"v":1}|{"v":{"v":1}}|{"a":[0,{"b":5}]}|{"a":[0,{"b":null}]}|{"a":[0,[5]]}|{"a":[0]}|
    {"a":{"1":{"b":5}}}|{"a":"xyz"}|{"a":null}|{"len":5}|[5]|["x",1]|{"0":5}|{"__proto__":5}|{"a b":"c"}|{"a":{"len":"x"}}|
    {"constructor":1,"toString":2}|[[[[5]]]]|{"v":5,"w":"3. of 1.5 "}|{"a":false}|{"a":[0,false]}`),
  ' ',
  '\n',
  ' {"v":1} ',
  '\n{\n\t"v" : 1\r\n}\n',
  '{"v":1}\0',
  '{"v":1}\0x',
  '\0{"v":1}',
  '{"v":1}\n\0',
  '\ufeff{"v":1}',
  nested(999),
  nested(1000),
  nested(1001),
  nested(1500),
  `{"v":${nested(999)}}`,
  `{"v":${nested(1000)}}`,
  `{"v":"${'['.repeat(1500)}"}`,
  `{"v":1,"w":"${'x'.repeat(3000)}"}`,
];

/** Bytes that are UTF-8, and bytes that look like it, in hex. */
const BYTES =
  items(`22ff22|22c322|22c3a922|22c08022|22e0808022|22eda08022|22ed9fbf22|22f080808022|22f48fbfbf22|22f490808022|22f580808022|
  22e28222|22e282ac22|228022|feff0035|3500|0035|22efbfbf22|22c28022|22f0928422`).map((hex) => Buffer.from(hex, 'hex'));

/** Each value by itself, in an array, and in an object under the name `v`. */
export const JSON_EDGES: readonly Buffer[] = [
  ...[...NUMBERS, ...WORDS, ...PLAIN]
    .flatMap((value) => [value, `[${value}]`, `{"v":${value}}`])
    .map((text) => Buffer.from(text, 'utf8')),
  ...DOCUMENTS.map((text) => Buffer.from(text, 'utf8')),
  ...BYTES.flatMap((bytes) => [bytes, Buffer.concat([Buffer.from('{"v":'), bytes, Buffer.from('}')])]),
];
