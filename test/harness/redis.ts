/** In place of this file, to which the name `redis` leads, tests have the client library as the sources have it: see sources.mjs. */
export {};
