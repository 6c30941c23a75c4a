/** The look at Shardfold's own library: what `status` shows where there is no project. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { library } from '../functions/library.js';
import type { NodeReport } from '../functions/report.js';
import { libraryStatus } from '../functions/status.js';
import { EXIT_DRIFT, type Look, NOT_ASKED, notAsked } from './look.js';
import { EXIT_FAILED } from './output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

const TITLES = ['node', 'role', 'library', 'hash', 'functions', 'in step', 'others'];

export async function lookAtOwn(link: ClusterLink, context: CallContext): Promise<Look> {
  const nodes = await libraryStatus(link, context);
  const behind = nodes.filter((node) => !node.inStep);
  const lacking = behind.filter(({ asked }) => asked).length;
  const advice = `${lacking} of ${formatCounted(nodes.length, 'node')} ${lacking === 1 ? 'does' : 'do'} not hold ${library.name}: shardfold deploy`;
  const verdict = [...(lacking > 0 ? [advice] : []), ...notAsked(nodes)].join('\n');
  const { name, hash } = library;
  const inStep = behind.length === 0;
  const problems = behind.map(({ address, problem }) => `${address}: ${problem}`);
  return {
    json: { library: name, hash, server: link.server, inStep, nodes },
    text: formatTable(TITLES, nodes.map(rowOf), { right: ['functions', 'others'], empty: '-' }),
    verdict,
    line: [`${nodes.length - behind.length} of ${formatCounted(nodes.length, 'node')} in step`, ...problems].join('; '),
    exitCode: nodes.some((node) => !node.asked) ? EXIT_FAILED : inStep ? 0 : EXIT_DRIFT,
  };
}

function rowOf(node: NodeReport) {
  const { address, role, library: name, hash, functions, inStep, asked, problem, others } = node;
  const family = name === null ? null : name.slice(0, -`_${hash}`.length);
  return [address, role, family, hash, functions, inStep ? 'yes' : asked ? `no: ${problem}` : NOT_ASKED, others.length];
}
