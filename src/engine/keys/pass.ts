/** What a pass over keys stands on. */

import type { RunOptions } from '../options.js';
import type { KeyWalk } from './types.js';

export type KeysWork = Pick<KeyWalk, 'link' | 'context' | 'snapshot'> & { readonly options: RunOptions };
