/** Every module that a TypeScript text imports or re-exports, as written. Comments do not count. */
export const importsIn = (text: string): readonly string[] =>
  [...withoutComments(text).matchAll(importPattern)].flatMap(({ groups }) => {
    const specifier = groups?.['from'] ?? groups?.['bare'] ?? groups?.['dynamic'];
    return specifier === undefined ? [] : [specifier];
  });

const importPattern =
  /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"](?<from>[^'"]+)['"]|^import\s*['"](?<bare>[^'"]+)['"]|\bimport\(\s*['"](?<dynamic>[^'"]+)['"]/gm;

const withoutComments = (text: string): string => text.replace(/^\s*\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
