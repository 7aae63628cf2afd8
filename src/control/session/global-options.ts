/** The options that every command takes: how they are written, and what they mean. */

export const globalOptionLines = [
  ['-s, --system', 'the instance of the machine (default for root)'],
  ['-u, --user', "the user's own instance (default for everybody else)"],
  ['-p, --socket-path <PATH>', 'the instance whose control socket this is'],
  ['-q, --quiet', 'print failures only'],
  ['--json', 'print one JSON document, or one a line where it goes on'],
  ['-h, --help', 'help for reevectl, or for the command'],
  ['-V, --version', 'print the version'],
] as const;
