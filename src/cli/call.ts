import { type Command, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import { type Caller, callBuilt, callersOf, specOf } from '../functions/callers.js';
import { mapShards, type ShardResult } from '../functions/map-shards.js';
import { builtLibrary, deployedLibrary } from '../functions/release/deployed.js';
import { readCall } from './call-values.js';
import { keptAs } from './options.js';
import { EXIT_FAILED, ExitCode, print, printJson } from './output.js';
import { projectOptions, withOptionalProject } from './project.js';
import { formatTable, plainText } from './table.js';
import { showResult, toJson } from './values.js';
import { projectOption, type WhichProjectFlags } from './which-project.js';

interface CallFlags extends WhichProjectFlags {
  keys?: string[];
  arg?: string[];
  allShards?: boolean;
}

const EXAMPLES = `
Examples:
  $ shardfold call addScore --key board=b:{eu} --arg player=ann --arg score=3.5
  $ shardfold call addScore --key b:{eu} --arg ann --arg 3.5      in the order of the signature
  $ shardfold call tag --key item:7 --arg 'tags=["new","red"]'    lists and records as JSON
  $ shardfold call blobSize --arg blob=base64:AAEC/w==            bytes
  $ shardfold call keyCount --all-shards

Calls the function as it is deployed: the current release, whatever the sources say (a user who may not read the record of
releases calls what the sources say). Text, numbers and booleans are printed as
they are, lists and records as JSON, bytes as base64:…

Exit codes: 0 done, 1 refused or failed (of --all-shards, on one shard or more).`;

const collect = (text: string, before: string[] = []): string[] => [...before, text];

export function register(program: Command): void {
  const command = program
    .command('call')
    .summary('call a deployed function')
    .description('Calls a deployed function and prints its typed reply.')
    .argument('<function>', 'its name, without the hash')
    .addOption(keptAs('keys', new Option('--key <name=value>', 'a key, by its name or in order').argParser(collect)))
    .addOption(new Option('--arg <name=value>', 'an argument, by its name or in order').argParser(collect))
    .addOption(projectOption())
    .option('--all-shards', 'on every primary: for functions without keys')
    .addHelpText('after', EXAMPLES);
  // --key is a key of the function here.
  projectOptions(command, '--tls-key').action((name: string) =>
    withOptionalProject<CallFlags>(command, async ({ link, context, config, build, flags, json }) => {
      const deployed = deployedLibrary(link, { project: flags.project ?? config?.project, name }, context);
      // Whoever may call need not be allowed to read the record; the sources say the same where they are what is deployed.
      const library = await deployed.catch(async (error: unknown) => {
        if (!config || !(error instanceof ShardfoldError) || error.code !== 'NO_PERMISSION') throw error;
        return builtLibrary(await build(), name);
      });
      const { keys, args } = readCall(specOf(library, name), { keys: flags.keys ?? [], args: flags.arg ?? [] });
      const caller = callersOf(link, library)[name] as Caller;
      if (flags.allShards) return show(await mapShards(link, caller, args, {}, context), json);
      const value = await callBuilt(link, library, name, keys, args, {}, context);
      if (json) printJson(toJson(value));
      else print(plainText(showResult(value)));
    }),
  );
}

function show(replies: readonly ShardResult<unknown>[], json: boolean): void {
  const failed = replies.filter((reply) => reply.error).length;
  if (json) printJson(replies.map(plain));
  else {
    const rows = replies.map((reply) => [
      reply.shard,
      reply.error ? `${reply.error.code}: ${reply.error.message}` : showResult(reply.value),
    ]);
    print(formatTable(['shard', 'reply'], rows));
  }
  if (failed > 0) throw new ExitCode(EXIT_FAILED);
}

function plain(reply: ShardResult<unknown>) {
  const { shard } = reply;
  if (!reply.error) return { shard, value: toJson(reply.value) };
  const { code, message, hint, kernel } = reply.error;
  return { shard, error: { code, message, hint, kernel } };
}
