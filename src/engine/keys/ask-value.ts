/** One call of the script that reads a string slice by slice. */

import {
  packValueCall,
  READ_VALUE,
  readValueSlice,
  type ValueCall,
  type ValueSlice,
} from '../../codegen/keys/value-lua.js';
import { type Asked, callScript, isTrouble, type Trouble } from './ask.js';

export async function askValue(asked: Asked, key: Buffer, call: ValueCall): Promise<ValueSlice | Trouble> {
  const said = await callScript(asked, READ_VALUE, ['1', key, packValueCall(call)]);
  return isTrouble(said) ? said : readValueSlice(said.reply as readonly [Buffer, Buffer]);
}
