/** A project on a cluster of its own, and the command line in its folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../src/cluster/types.js';
import type { BuiltProject } from '../../src/functions/built.js';
import type { LocalCluster } from '../../src/local/cluster.js';
import { removeProjects } from '../functions/build/project.js';
import { builtShop, carts, release, shopFolder } from '../functions/release/project.js';
import { listing } from '../functions/release/servers.js';
import { wipe } from '../functions/release/shop.js';
import { type CliOptions, type CliResult, runCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

/** For one test file: before each test nothing is deployed, and the sources are of version 1. */
export class Shop {
  readonly cluster: LocalCluster;
  link!: ClusterLink;
  dir!: string;
  /** Version 1. */
  built!: BuiltProject;

  constructor(replicas: number) {
    this.cluster = testCluster({ shards: 3, replicas });
    beforeAll(async () => {
      this.link = await connectCluster({ url: this.cluster.url });
      this.dir = shopFolder({ board: 1, carts: 1 });
      this.built = await builtShop(this.dir);
    });
    afterAll(async () => {
      await this.link.close();
      removeProjects();
    });
    beforeEach(async () => {
      await wipe(this.link);
      this.writeCarts(1);
    });
  }

  get options(): CliOptions {
    return { env: { SHARDFOLD_URL: this.cluster.url }, cwd: this.dir };
  }

  run(...args: string[]): Promise<CliResult> {
    return runCli(args, this.options);
  }

  writeCarts(version: number): void {
    writeFileSync(join(this.dir, 'functions/carts/version.lua'), carts(version));
  }

  /** The name on the servers of a library in version 1. */
  nameOf(source: string): string {
    return this.built.libraries.find((library) => library.source === source)?.name as string;
  }

  /** Releases the sources in these versions, one after the other. */
  async release(...versions: number[]): Promise<void> {
    for (const version of versions) {
      this.writeCarts(version);
      await release(this.link, await builtShop(this.dir), `version ${version}`);
    }
  }

  /** Waits until replicas hold what their primaries hold. */
  async replicasInStep(): Promise<void> {
    for (const node of this.link.nodes().filter(({ role }) => role === 'replica')) {
      const primary = this.link.nodes().find(({ id }) => id === node.replicaOf) as NodeInfo;
      while ((await listing(this.link, node)) !== (await listing(this.link, primary))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }
}
