/** A function of what is deployed, with all that a call of it needs: nobody's sources are asked. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { closest } from '../../suggest.js';
import type { BuiltLibrary, BuiltProject, Specs } from '../built.js';
import { currentRelease, readLibrary, readReleases } from './record.js';
import type { Release } from './types.js';

/**
 * The library of the current release that has the function.
 * @param project Undefined where nobody says which: then that of any project, if it is one only.
 * Errors: RELEASE_NOT_FOUND; FUNCTION_MISSING where no current release has it; INVALID_ARGUMENT where several projects do.
 */
export async function deployedLibrary(
  link: ClusterLink,
  { project, name }: { project: string | undefined; name: string },
  context: CallContext,
): Promise<BuiltLibrary> {
  const current = await currentReleases(link, project, context);
  if (current.length === 0) {
    throw new ShardfoldError('RELEASE_NOT_FOUND', `${project ?? 'any project'} has no release here`, {
      hint: 'shardfold deploy makes the first',
    });
  }
  const found = current.flatMap((release) =>
    release.libraries.filter(({ specs }) => Object.hasOwn(specs, name)).map((library) => ({ release, library })),
  );
  if (found.length > 1) {
    const projects = found.map(({ release }) => release.project).join(', ');
    throw new ShardfoldError('INVALID_ARGUMENT', `several projects have a function ${name}: ${projects}`, {
      hint: 'say which one: --project NAME',
    });
  }
  const [one] = found;
  if (!one) {
    const which = current.map(({ project, number }) => `release ${number} of ${project}`).join(', ');
    throw noFunction(
      which,
      current.flatMap(({ libraries }) => libraries),
      name,
    );
  }
  const { source, specs } = one.library;
  return { ...(await readLibrary(link, one.library, context)), project: one.release.project, source, specs };
}

/** The library of the sources that has the function. @throws FUNCTION_MISSING */
export function builtLibrary({ project, libraries }: BuiltProject, name: string): BuiltLibrary {
  const library = libraries.find(({ specs }) => Object.hasOwn(specs, name));
  if (library) return library;
  throw noFunction(`${project}, as its sources are,`, libraries, name);
}

async function currentReleases(
  link: ClusterLink,
  project: string | undefined,
  context: CallContext,
): Promise<Release[]> {
  if (project !== undefined) {
    const current = await currentRelease(link, project, context);
    return current ? [current] : [];
  }
  // In the order in which they were made: the last of a project is the current one.
  const all = await readReleases(link, undefined, context);
  return [...new Map(all.map((release) => [release.project, release])).values()];
}

const MOST_LISTED = 8;

const listed = (names: readonly string[]): string =>
  names.length > MOST_LISTED
    ? `${names.length} functions, among them ${names.slice(0, MOST_LISTED).join(', ')}`
    : names.join(', ') || 'none';

function noFunction(which: string, libraries: readonly { readonly specs: Specs }[], name: string): ShardfoldError {
  const names = libraries.flatMap(({ specs }) => Object.keys(specs));
  const near = closest(name, names);
  return new ShardfoldError('FUNCTION_MISSING', `${which} has no function ${name}`, {
    hint: near ? `did you mean ${near}?` : `it has ${listed(names)}; shardfold deploy brings new ones`,
  });
}
