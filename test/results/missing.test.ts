// Without apache-arrow all else works, and what needs it says what to install.
import { jest } from '@jest/globals';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

test('without apache-arrow the error says what to install', async () => {
  jest.resetModules();
  jest.unstable_mockModule('apache-arrow', () => {
    throw new Error("Cannot find package 'apache-arrow'");
  });
  const { connect } = await import('../../src/index');
  const sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  try {
    await sf.createTable('t', [{ a: 1 }]);
    // The fresh modules have a class of errors of their own, so that only its fields can be looked at.
    const missing = { code: 'MISSING_DEPENDENCY', hint: 'npm i apache-arrow' };
    const why = (work: Promise<unknown>) => work.catch((reason: unknown) => reason);
    expect(await why(sf.table('t').toArrow())).toMatchObject({ ...missing, message: 'toArrow() needs apache-arrow' });
    expect(await why(sf.table('t').writeTo('never.arrow'))).toMatchObject({
      ...missing,
      message: 'writing Arrow files needs apache-arrow',
    });
    expect(await sf.table('t').collectColumns()).toMatchObject({ rows: 1 });
  } finally {
    await sf.close();
  }
});
