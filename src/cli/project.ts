/** What the commands about a project share: its configuration, the environment that it names, and asking before acting. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { buildProject } from '../functions/build/build.js';
import { findConfig, loadConfig, type ProjectConfig } from '../functions/build/config.js';
import { findEnvironment, resolveEnvironment } from '../functions/build/environment.js';
import type { BuiltProject } from '../functions/built.js';
import { type Session, withLink } from './link.js';
import { connectionOptions } from './options.js';

export { confirm } from './prompt.js';

export interface ProjectFlags {
  env?: string;
  config?: string;
  yes?: boolean;
}

export interface OptionalProjectSession<Flags = object> extends Session<Flags & ProjectFlags> {
  /** Undefined where there is none here or above. */
  config: ProjectConfig | undefined;
  /** The name of the environment; undefined where --url or SHARDFOLD_URL says where to, or nothing does. */
  env: string | undefined;
  /** Builds the project, once. @throws CONFIG_INVALID where there is none, BUILD_FAILED */
  build(): Promise<BuiltProject>;
}

export interface ProjectSession<Flags = object> extends OptionalProjectSession<Flags> {
  config: ProjectConfig;
}

/** --config alone: for commands that talk to no server. */
export function configOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--config <file>',
      'the configuration; by default shardfold.config.ts (mjs, js, json), here or above',
    ).helpGroup('Project:'),
  );
}

/** `connectionOptions`, --env, --config and --yes. */
export function projectOptions(command: Command, keyFlag?: string): Command {
  command.addOption(
    new Option('--env <name>', 'an environment of the configuration: its URL, user and certificates').helpGroup(
      'Project:',
    ),
  );
  configOption(command);
  command.addOption(new Option('-y, --yes', 'do not ask').helpGroup('Project:'));
  return connectionOptions(command, keyFlag);
}

/**
 * `withLink` for a project: connects to its environment and hands over the configuration and how to build it. Which servers: --url,
 * else --env, else SHARDFOLD_URL, else the default environment, else the only one, else the local default. With --env, flags
 * of the command line replace single settings of it.
 *
 * Errors: CONFIG_INVALID where there is no configuration or it is wrong, and those of `withLink`.
 */
export async function withProject<Flags = object>(
  command: Command,
  work: (session: ProjectSession<Flags>) => Promise<void>,
): Promise<void> {
  const config = await loadConfig(process.cwd(), command.opts<ProjectFlags>().config);
  const env = useEnvironment(command, config);
  const build = lazily(() => buildProject(config));
  await withLink<Flags & ProjectFlags>(command, (session) => {
    const buildInTime = async (): Promise<BuiltProject> => {
      const built = await build();
      // Compiling is not the servers' fault.
      session.context.progress();
      return built;
    };
    return work({ ...session, config, env, build: buildInTime });
  });
}

/** The same where no configuration is needed. One that --config or --env asks for is. */
export async function withOptionalProject<Flags = object>(
  command: Command,
  work: (session: OptionalProjectSession<Flags>) => Promise<void>,
): Promise<void> {
  const flags = command.opts<ProjectFlags>();
  const needed = flags.config !== undefined || flags.env !== undefined;
  if (needed || findConfig(process.cwd()) !== undefined) return withProject<Flags>(command, work);
  const build = async () => buildProject(await loadConfig(process.cwd()));
  return withLink<Flags & ProjectFlags>(command, (session) =>
    work({ ...session, config: undefined, env: undefined, build }),
  );
}

/** Sets the connection flags that the command line leaves open to what the environment says. @returns its name */
function useEnvironment(command: Command, config: ProjectConfig): string | undefined {
  const { env } = command.opts<ProjectFlags>();
  const source = command.getOptionValueSource('url');
  if (env === undefined && source !== 'default') return undefined;
  const found = findEnvironment(config, env);
  if (!found) return undefined;
  const { url, username, password, tls, prefix } = resolveEnvironment(found);
  const files = typeof tls === 'object' ? tls : {};
  const path = (file: string | undefined) => file && resolve(config.dir, file);
  // Somebody else's password is of no use to a user that the command line names.
  const own = command.getOptionValueSource('user') !== 'cli';
  const values = {
    url,
    user: username,
    password: own ? password : undefined,
    tls: tls !== undefined && tls !== false ? true : undefined,
    prefix,
  };
  const certificates = { ca: path(files.ca), cert: path(files.cert), key: path(files.key) };
  for (const [name, value] of Object.entries({ ...values, ...certificates })) {
    if (value === undefined || command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValueWithSource(name, value, 'config');
  }
  return found.name;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
