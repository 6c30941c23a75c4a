/** Links that misbehave, or watch, on purpose. */
import type { CallContext, ClusterLink, KeyedCall, Reply } from '../../../src/cluster/types.js';

/** What happens around a keyed call: `next` makes it. */
export type Around = (call: KeyedCall, next: () => Promise<Reply>, context: CallContext) => Promise<Reply>;

export function linkWith(link: ClusterLink, around: Around): ClusterLink {
  return new Proxy(link, {
    get(target, property) {
      if (property === 'call') {
        return (call: KeyedCall, context: CallContext) => around(call, () => target.call(call, context), context);
      }
      const value = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Replies come in another order than the calls went. */
export function shuffled(link: ClusterLink, most = 6): ClusterLink {
  let state = 1;
  return linkWith(link, async (_call, next) => {
    state = (state * 48_271) % 2_147_483_647;
    const delay = state % (most + 1);
    const reply = await next();
    await new Promise((resolve) => setTimeout(resolve, delay));
    return reply;
  });
}

/** Whether a call runs a generated kernel. */
export const isKernel = ({ command }: KeyedCall): boolean => /^EVAL(SHA)?_RO$/.test(String(command[0]));
