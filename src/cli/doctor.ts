import { type Command, Option } from 'commander';
import { examine } from '../functions/doctor/examine.js';
import { aclLine, commandsOf, KEY_ROLES, keysOf, type OwnFunctions, ROLES, userOf } from '../functions/doctor/roles.js';
import type { CheckResult, Diagnosis, RoleName, Verdict } from '../functions/doctor/types.js';
import { EXIT_FAILED, ExitCode, paint, print, printJson, say } from './output.js';
import { projectOptions, withOptionalProject } from './project.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

const EXAMPLES = `
Examples:
  $ shardfold doctor                                     what this user may do, and what should be mended
  $ shardfold doctor --user app --role reader            only what a reader needs
  $ shardfold doctor --acl --prefix shop                 users for deployments, writing and reading
  $ shardfold doctor --acl --role writer --key-patterns 'board:*' --commands zadd zscore
  $ shardfold doctor --acl --role key-reader --key-patterns 'order:*'     for queries over keys that are no tables
  $ shardfold doctor --acl --role key-writer --key-patterns 'order:*'     for update, delete and expire

✓ fine   ✗ to be mended   ! works, and there is a danger   ? this user may not look

Nothing is changed: the rights are found out by commands that do nothing. ACLs are a node's own, so a line that mends
something is to be run on every node that it names, replicas too, by somebody who may; ACL SAVE keeps it where the server has
an aclfile. The lines of --acl have a placeholder for the password (>READER_PASSWORD). Functions of your own run with the rights
of their callers: add their keys and commands by --key-patterns and --commands. "shardfold fsck" needs +scan beside a writer's rights.

Exit codes: 0 fine (warnings allowed), 1 something is to be mended or cannot be reached.`;

interface Flags {
  keyPatterns?: string[];
  commands?: string[];
  acl?: boolean;
  role?: RoleName;
}

export function register(program: Command): void {
  const role = new Option('--role <role>', 'only what this role needs').choices(
    [...ROLES, ...KEY_ROLES].map(({ name }) => name),
  );
  projectOptions(program.command('doctor'))
    .summary('say whether and how these servers can be used by this user')
    .description('Asks every node what this user may do, how it is set, and whether it holds its functions.')
    .addOption(role)
    .option('--acl', 'print the least that users for each role need, as lines of ACL SETUSER; asks no server')
    .option(
      '--key-patterns <pattern...>',
      'with --acl: keys of functions of your own, or that key-readers and key-writers work on',
    )
    .option('--commands <name...>', 'with --acl: commands that functions of your own use')
    .addHelpText('after', EXAMPLES)
    .action((_, command: Command) => (command.opts<Flags>().acl ? printAcl(command) : diagnose(command)));
}

function printAcl(command: Command): void {
  const {
    role,
    prefix = 'sf',
    json,
    keyPatterns = [],
    commands = [],
  } = command.opts<Flags & { prefix?: string; json?: boolean }>();
  const own: OwnFunctions = { keys: keyPatterns, commands };
  const roles = role === undefined ? ROLES : [...ROLES, ...KEY_ROLES].filter(({ name }) => name === role);
  if (json) {
    const shown = roles.map((one) => ({
      role: one.name,
      user: userOf(one),
      purpose: one.purpose,
      keys: keysOf(one, prefix, own),
      commands: commandsOf(one, own),
      line: aclLine(one, prefix, own),
    }));
    printJson({ prefix, roles: shown });
    return;
  }
  for (const one of roles) {
    say(`# ${one.name}: ${one.purpose}`);
    print(aclLine(one, prefix, own));
  }
}

function diagnose(command: Command): Promise<void> {
  return withOptionalProject<Flags>(command, async ({ link, context, flags, json }) => {
    const { role, user = userIn(flags.url) } = flags;
    const diagnosis = await examine(link, { ...(role && { role }), ...(user && { user }) }, context);
    if (json) printJson(diagnosis);
    else show(diagnosis);
    if (!diagnosis.ok) throw new ExitCode(EXIT_FAILED);
  });
}

const userIn = (url: string): string | undefined => /^rediss?:\/\/([^:/@]+)[^/]*@/.exec(url)?.[1];

const SIGNS: Record<Verdict, string> = { ok: '✓', failed: '✗', warning: '!', unknown: '?' };

function show({ user, server, prefix, role, checks }: Diagnosis): void {
  say(`${user} on ${server}, prefix ${prefix}${role ? `, as a ${role}` : ''}`);
  const rows = checks.map((one) => [
    SIGNS[one.verdict],
    one.check,
    one.value,
    one.everywhere ? '' : one.nodes.join(' '),
  ]);
  print(formatTable(['', 'check', 'found', 'nodes'], rows));
  for (const line of remedies(checks)) print(line);
  const failed = checks.filter(({ verdict }) => verdict === 'failed').length;
  if (failed === 0) say(paint('green', 'these servers can be used'));
  else say(paint('red', `${formatCounted(failed, 'check')} failed`));
}

/** Below the table, for lines of ACL SETUSER are long and there to be copied. What one line mends stands together. */
function remedies(checks: readonly CheckResult[]): string[] {
  const byRemedy = new Map<string, CheckResult[]>();
  for (const one of checks) {
    const remedy = [one.acl, one.hint].filter(Boolean).join('   # ');
    if (remedy !== '') byRemedy.set(remedy, [...(byRemedy.get(remedy) ?? []), one]);
  }
  return [...byRemedy].map(([remedy, ones]) => {
    const signs = [...new Set(ones.map(({ verdict }) => SIGNS[verdict]))].join('');
    return `${signs} ${[...new Set(ones.map(({ check }) => check))].join(', ')}: ${remedy}`;
  });
}
