/** In place of this file tests load all modules of src, as one: see sources.mjs. */
export {};
