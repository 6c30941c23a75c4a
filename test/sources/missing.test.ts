import { jest } from '@jest/globals';

const absent = (name: string) => () => {
  throw new Error(`Cannot find package '${name}'`);
};

test.each([
  ['@duckdb/node-api', 'package.json'],
  ['apache-arrow', 'test/sources/files/pyarrow-lz4.feather'],
])('without %s the error says what to install', async (name, file) => {
  jest.resetModules();
  jest.unstable_mockModule(name, absent(name));
  const { fileSource } = await import('../../src/storage/sources/file');
  // The fresh modules have a class of errors of their own, so that only its fields can be looked at.
  const error = await fileSource(file).catch((reason: unknown) => reason);
  const message = expect.stringMatching(/^reading .* files needs /);
  expect(error).toMatchObject({ code: 'MISSING_DEPENDENCY', hint: `npm i ${name}`, message });
});
