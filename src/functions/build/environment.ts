/** Which environment a command is about, and what stands in it. */
import { ShardfoldError } from '../../errors.js';
import { closest } from '../../suggest.js';
import type { Environment, ProjectConfig } from './config.js';

/** By name; without one the default, or the only one. Undefined where there is neither. @throws CONFIG_INVALID for an unknown name */
export function findEnvironment(config: ProjectConfig, name?: string): Environment | undefined {
  const { environments, defaultEnvironment, file } = config;
  const wanted = name ?? defaultEnvironment;
  if (wanted === undefined) return environments.length === 1 ? environments[0] : undefined;
  const found = environments.find((environment) => environment.name === wanted);
  if (found) return found;
  const names = environments.map((environment) => environment.name);
  const meant = closest(wanted, names);
  throw new ShardfoldError('CONFIG_INVALID', `${file} has no environment "${wanted}"`, {
    hint: meant ? `did you mean "${meant}"?` : `it has ${names.length > 0 ? names.join(', ') : 'none'}`,
  });
}

/** The environment with the values of the variables that it names. @throws CONFIG_INVALID naming one that is not set */
export function resolveEnvironment(
  environment: Environment,
  variables: { readonly [name: string]: string | undefined } = process.env,
): Environment {
  const fill = (text: string, field: string): string =>
    text.replace(/\$\{(\w+)\}/g, (_, variable: string) => {
      const value = variables[variable];
      if (value !== undefined) return value;
      throw new ShardfoldError(
        'CONFIG_INVALID',
        `the environment variable ${variable} is not set; ${field} of the environment "${environment.name}" needs it`,
        { hint: `export ${variable}=…` },
      );
    });
  const { tls } = environment;
  return {
    ...mapText(environment, fill),
    ...(tls !== undefined && {
      tls: typeof tls === 'boolean' ? tls : mapText(tls, (text, field) => fill(text, `tls.${field}`)),
    }),
  };
}

/** A copy with its strings changed. The name of an environment is none of its values. */
function mapText<T extends object>(from: T, change: (text: string, field: string) => string): T {
  const changed = Object.entries(from).map(([field, value]) => [
    field,
    typeof value === 'string' && field !== 'name' ? change(value, field) : value,
  ]);
  return Object.fromEntries(changed) as T;
}
