/** The text of `io.reeve.Control`. It lies beside this module, and beside the bundled program. */
import { readFileSync } from 'node:fs';

export function readControlDefinition(): string {
  return readFileSync(new URL('./io.reeve.Control.varlink', import.meta.url), 'utf8');
}
