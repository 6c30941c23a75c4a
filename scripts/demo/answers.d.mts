export type Answer = readonly Record<string, unknown>[];
export interface Rooms {
  formatTable(titles: readonly string[], rows: readonly (readonly string[])[], options: object): string;
  paint(style: string, text: string): string;
}
export function isSameAnswer(ours: Answer, theirs: Answer): boolean;
export function answerTable(ours: Answer, theirs: Answer, keys: readonly string[], rooms: Rooms): string;
