import { bytes, defineFunction, t } from 'shardfold/functions';
import { check } from './lib/check.js';

export const fail = defineFunction(
  { name: 'fail', keys: { key: t.string }, args: { how: t.string, list: t.array(t.number), raw: t.bytes } },
  (keys, args) => {
    const { how, list } = args;
    if (how === 'throw') {
      throw new Error(`thrown over ${list.length} elements,` + ' in several lines');
    }
    if (how === 'elsewhere') check(list);
    if (how === 'hole') list[list.length + 1] = 1;
    if (how === 'count') list.push(bytes.length('a'.repeat(-1)));
    if (how === 'text') bytes.toText(args.raw);
    if (how === 'empty') list.push(list.reduce((a, b) => a + b));
    if (how === 'again') {
      try {
        check(list);
      } catch (error) {
        throw error;
      }
    }
    if (how === 'finally') {
      try {
        check(list);
      } finally {
        list.pop();
      }
    }
    if (how === 'nil') {
      const wrong = list as unknown as { field: { inner: number } };
      list.push(wrong.field.inner);
    }
    if (how === 'type') redis.call('LPUSH', keys.key, 'x');
    if (how === 'caught') {
      try {
        redis.call('LPUSH', keys.key, 'x');
      } catch (error) {
        if (error instanceof Error) throw new Error(`CAUGHT ${error.message}`);
      }
    }
    if (how === 'spread') {
      redis.call('RPUSH', keys.key, ...Array.from({ length: 20000 }, (_, i) => i));
    }
    if (how === 'mapped') {
      const short = [1, 2, 3];
      list.push(short.map(() => short.pop() ?? 0).length);
    }
    if (how === 'key') {
      const absent = ({} as Record<string, string>).key as string;
      const put = (set: Set<string>): Set<string> => set.add(absent);
      put(new Set());
    }
    if (how === 'class') {
      try {
        list.push((list as unknown as { field: { inner: number } }).field.inner);
      } catch (error) {
        throw new Error(`CLASS ${error instanceof TypeError}`);
      }
    }
    redis.call('SET', keys.key, how);
  },
);
