import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';

describe('a cluster of its own', () => {
  const cluster = testCluster({ shards: 2, replicas: 1 });

  it('has primaries, then replicas', () => {
    expect(cluster.nodes.map((node) => node.role)).toEqual(['primary', 'primary', 'replica', 'replica']);
    expect(cluster.url).toBe(`redis://127.0.0.1:${cluster.nodes[0]?.port}`);
  });
});

it('shares clusters', () => {
  const url = sharedUrl(3);
  expect(url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  expect(sharedUrl(3)).toBe(url);
  expect(uniquePrefix()).toMatch(/^[a-z0-9]+$/);
});
