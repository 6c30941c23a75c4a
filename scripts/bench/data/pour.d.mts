export type Word = string | Buffer;
/** The slot of a key: CRC16 (XMODEM) of its hash tag, or of all of it. */
export function keySlot(key: Word): number;
/** One command in the protocol. */
export function encode(words: readonly Word[]): Buffer;
/** The port of the primary of each slot; of a standalone server its own. */
export function slotPorts(port: number): Promise<Int32Array>;
/** Runs commands, each a list of words whose second is its key, in their order for each primary. @throws the first error of a server */
export function pour(port: number, commands: Iterable<readonly Word[]>): Promise<void>;
