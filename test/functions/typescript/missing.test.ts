/** Without the compilers, and with a TypeScript that has no API for programs. */
import { jest } from '@jest/globals';
import { loadCompilers } from '../../../src/functions/build/typescript/compilers.js';

const hint = 'npm i -D typescript@6.0.2 typescript-to-lua@1.37.1';

afterEach(() => jest.resetModules());

describe('loadCompilers', () => {
  it('says what to install where typescript-to-lua is missing', async () => {
    jest.unstable_mockModule('typescript-to-lua', () => {
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    });
    await expect(loadCompilers()).rejects.toMatchObject({ code: 'MISSING_DEPENDENCY', hint });
  });

  it('says which TypeScript it takes', async () => {
    jest.unstable_mockModule('typescript', () => ({ default: { version: '7.0.2' } }));
    await expect(loadCompilers()).rejects.toMatchObject({
      code: 'MISSING_DEPENDENCY',
      message: expect.stringContaining('TypeScript 7.0.2'),
      hint,
    });
  });
});
