/** The version of dinit whose commands and protocol these programs stand in for, and ours. */
import packageFile from '../../package.json' with { type: 'json' };

export const versionText = `Dinit version 0.23.0+reeve.${packageFile.version}.\n`;
