/** The examples of a document: each `ts` block, and what the `text` block right after it says that it prints. */

export interface DocExample {
  /** Heading it stands under. */
  readonly title: string;
  readonly code: string;
  readonly prints: string;
}

export function docExamples(document: string): readonly DocExample[] {
  const examples: DocExample[] = [];
  let title = '';
  for (const found of document.matchAll(
    /^#+ (?<title>.*)$|^```ts\n(?<code>[^]*?)^```\n\n```text\n(?<prints>[^]*?)^```$/gm,
  )) {
    const groups = found.groups ?? {};
    title = groups['title'] ?? title;
    if (groups['code'] !== undefined) examples.push({ title, code: groups['code'], prints: groups['prints'] ?? '' });
  }
  return examples;
}
