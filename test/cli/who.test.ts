import { hostname, userInfo } from 'node:os';
import { whoActs } from '../../src/cli/release-output.js';

it.each([
  ['eve', { GITHUB_ACTOR: 'ann' }, 'eve'],
  [undefined, { GITHUB_ACTOR: 'ann', GITHUB_RUN_ID: '7', USER: 'runner' }, 'ann (GitHub run 7)'],
  [undefined, { GITLAB_USER_LOGIN: 'ann', CI_JOB_ID: '8' }, 'ann (GitLab job 8)'],
  [undefined, { BUILDKITE_BUILD_CREATOR: 'ann', BUILDKITE_BUILD_NUMBER: '9' }, 'ann (Buildkite 9)'],
  [undefined, { USER: 'ann' }, `ann@${hostname()}`],
  [undefined, { USERNAME: 'ann' }, `ann@${hostname()}`],
  [undefined, {}, `${userInfo().username}@${hostname()}`],
])('who acts: --who %s under %j is %s', (flag, env, who) => {
  expect(whoActs(flag, env)).toBe(who);
});
