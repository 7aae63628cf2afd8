/** From bytes to text. Service and environment files are UTF-8 without NUL; anything else is a problem with its exact place. */
import type { Problem } from './description.ts';

export type Decoded =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'problem'; readonly problem: Problem };

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

export function decodeText(bytes: Uint8Array, file: string): Decoded {
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const shown = lenient.decode(bytes);
    return refuse(firstDifference(shown, bytes), shown, file, 'not UTF-8 text', 'a file in UTF-8');
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) return refuse(nul, text, file, 'a NUL byte', 'text');
  return { kind: 'text', text };
}

/** Offset of the first replacement character that stands for bad bytes, not for itself. */
function firstDifference(shown: string, bytes: Uint8Array): number {
  const encoder = new TextEncoder();
  let from = 0;
  let position = 0;
  for (;;) {
    const at = shown.indexOf('\ufffd', from);
    if (at < 0) return shown.length;
    position += encoder.encode(shown.slice(from, at)).length;
    const isWritten = bytes[position] === 0xef && bytes[position + 1] === 0xbf && bytes[position + 2] === 0xbd;
    if (!isWritten) return at;
    position += 3;
    from = at + 1;
  }
}

function refuse(offset: number, text: string, file: string, message: string, expected: string): Decoded {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = Array.from(before.slice(before.lastIndexOf('\n') + 1)).length + 1;
  return { kind: 'problem', problem: { message, expected, origin: { file, line, column } } };
}
