/** Variables by which a loader, a shell or an interpreter is made to run something else. The launcher has the same list (native/launcher/environment.c). */
const patterns = [
  'LD_*',
  'GCONV_PATH',
  'NODE_*',
  'BASH_ENV',
  'ENV',
  'IFS',
  'PATH',
  'SHELLOPTS',
  'BASHOPTS',
  'PYTHON*',
  'PERL*',
  'RUBY*',
];

export function isForbiddenVariable(name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
