import type { ClusterLink, NodeInfo, Reply } from '../../src/cluster/types.js';
import { ShardfoldError } from '../../src/errors.js';
import { libraryStatus } from '../../src/functions/status.js';
import { sampleLibrary } from './sample.js';

const sample = sampleLibrary();
const nodes: NodeInfo[] = [
  { id: 'a', address: 'a:1', role: 'primary', slots: [[0, 16383]] },
  { id: 'b', address: 'b:1', role: 'replica', slots: [], replicaOf: 'a', down: true },
];

/** Stands for a cluster in which a replica has failed: a real one would take seconds to notice. */
function fakeLink(answer: (id: string) => Reply): ClusterLink {
  const unused = () => {
    throw new Error('not used here');
  };
  return {
    isCluster: true,
    prefix: 'sf',
    server: 'redis 7.0.15',
    nodes: () => nodes,
    ownerOf: unused,
    call: unused,
    callNode: async (id) => answer(id),
    tryNode: unused,
    refresh: unused,
    context: unused,
    label: unused,
    close: unused,
  };
}

const context = {} as Parameters<typeof libraryStatus>[1];

it('does not wait for a node that the cluster calls failed', async () => {
  const asked: string[] = [];
  const link = fakeLink((id) => {
    asked.push(id);
    return [];
  });
  expect(await libraryStatus(link, context, sample)).toMatchObject([
    { id: 'a', asked: true, inStep: false, problem: 'no functions' },
    { id: 'b', asked: false, inStep: false, problem: 'the cluster calls it failed' },
  ]);
  expect(asked).toEqual(['a']);
});

it('ends when it is aborted', async () => {
  const link = fakeLink(() => {
    throw new ShardfoldError('ABORTED', 'aborted');
  });
  await expect(libraryStatus(link, context, sample)).rejects.toMatchObject({ code: 'ABORTED' });
});
