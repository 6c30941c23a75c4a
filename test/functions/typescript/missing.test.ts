/** Without the compilers, and with a TypeScript that has no API for programs. */
import { jest } from '@jest/globals';
import { loadCompilers } from '../../../src/functions/build/typescript/compilers.js';

const hint = 'npm i -D typescript@6.0.2 typescript-to-lua@1.37.1';

afterEach(() => jest.resetModules());

describe('loadCompilers', () => {
  it('says what to install where typescript-to-lua is missing', () => {
    jest.doMock('typescript-to-lua', () => {
      throw Object.assign(new Error('Cannot find package'), { code: 'MODULE_NOT_FOUND' });
    });
    expect(loadCompilers).toThrow(expect.objectContaining({ code: 'MISSING_DEPENDENCY', hint }));
  });

  it('says which TypeScript it takes', () => {
    jest.doMock('typescript', () => ({ version: '7.0.2' }));
    expect(loadCompilers).toThrow(
      expect.objectContaining({
        code: 'MISSING_DEPENDENCY',
        message: expect.stringContaining('TypeScript 7.0.2'),
        hint,
      }),
    );
  });
});
