/** What `shardfold.config.ts` holds. */

/** One cluster that a project is deployed to. `${NAME}` in its strings is the environment variable NAME. */
export interface EnvironmentConfig {
  /** A node, or several with commas between: `redis://host:port`, `rediss://` for TLS. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** True, or files (PEM) from the folder of the configuration on. */
  readonly tls?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** The first part of the keys of tables; `sf` by default. */
  readonly prefix?: string;
}

export interface ShardfoldConfig {
  /** Names the library of stable names, and the releases in the cluster: letters, digits and _. */
  readonly project: string;
  /** Folders of functions by the name of their library. */
  readonly libraries: { readonly [name: string]: string };
  readonly environments?: { readonly [name: string]: EnvironmentConfig };
  /** The environment that commands use where neither --env, --url nor SHARDFOLD_URL names one. */
  readonly defaultEnvironment?: string;
  /** Also deploy Shardfold's own functions, which tables and vectors need; false by default. */
  readonly kernels?: boolean;
  /** Where `shardfold build` writes the bindings; `generated` by default. */
  readonly outDir?: string;
}

/** The configuration as it is, checked by the compiler. */
export const defineConfig = <const C extends ShardfoldConfig>(config: C): C => config;
