/**
 * Patterns of service names: `*` stands for any characters, `?` for one.
 *
 * An instance `base@argument` is only meant by a pattern that has an `@` itself: whoever may start `web*` cannot choose the argument of a template
 * `web-cache` by it, and the argument becomes part of the command that root's file says.
 */

const allowedCharacters = /^[A-Za-z0-9._\-*?\u00a0-\ufffc]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const allowedInArgument = /^[^/\u0000-\u001f\u007f-\u009f]*$/;

/** Why it is none; undefined when it is a pattern. */
export function patternProblem(pattern: string): string | undefined {
  const [base, argument] = split(pattern);
  if (base === '') return 'it names no service';
  if (!allowedCharacters.test(base) || base.startsWith('.')) return 'no service has such a name';
  return argument === undefined || allowedInArgument.test(argument)
    ? undefined
    : 'no argument of a service is like this';
}

export function matchesPattern(pattern: string, name: string): boolean {
  const [base, argument] = split(pattern);
  const [nameBase, nameArgument] = split(name);
  if (argument === undefined || nameArgument === undefined) {
    return argument === nameArgument && matchesText(base, nameBase);
  }
  return matchesText(base, nameBase) && matchesText(argument, nameArgument);
}

function split(text: string): readonly [base: string, argument: string | undefined] {
  const at = text.indexOf('@');
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Without regular expressions and without recursion: whatever the pattern, time is at most the product of the lengths. */
function matchesText(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++;
      resume = at;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      next++;
      at++;
    } else if (star !== -1) {
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}
