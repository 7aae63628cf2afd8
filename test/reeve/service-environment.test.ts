import { describe, expect, it } from 'vitest';
import { serviceEnvironment } from '../../src/reeve/service-environment.ts';

const variables = { HOME: '/root', LANG: 'de_DE.UTF-8', LC_TIME: 'C', TZ: 'UTC', PATH: '/strange', SECRET: 'x' };
const file = (text: string) => ({ path: 'env', text });

describe('serviceEnvironment()', () => {
  it("serviceEnvironment() hands on everything of a user's, in its order", () => {
    expect(serviceEnvironment('user', { B: '2', A: '1', U: undefined }).assignments).toEqual(['B=2', 'A=1']);
  });

  it('serviceEnvironment() begins clean for the machine', () => {
    expect(serviceEnvironment('system', variables).assignments).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LANG=de_DE.UTF-8',
      'LC_TIME=C',
      'TZ=UTC',
    ]);
  });

  it('serviceEnvironment() changes it by the environment file, which may import what was left out', () => {
    const text = '# comment\n!unset LC_TIME TZ\nA=b c\n!import SECRET NOTHING\nPATH=/bin\n';
    expect(serviceEnvironment('system', variables, file(text)).assignments).toEqual([
      'PATH=/bin',
      'LANG=de_DE.UTF-8',
      'A=b c',
      'SECRET=x',
    ]);
    expect(serviceEnvironment('user', variables, file('!clear\nX=1\n')).assignments).toEqual(['X=1']);
  });

  it('serviceEnvironment() tells the lines that it passed over', () => {
    const { assignments, warnings } = serviceEnvironment('user', {}, file('A=1\nnonsense\n'));
    expect(assignments).toEqual(['A=1']);
    expect(warnings).toEqual([{ place: 'env:2', message: expect.stringContaining("found 'nonsense'") }]);
  });
});
