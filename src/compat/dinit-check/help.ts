/** What `dinit-check --help` prints. */
export const helpText = `dinit-check: check dinit service descriptions
 --help                       display help
 --services-dir <dir>, -d <dir>
                              set base directory for service description
                              files, can be specified multiple times
 --online, -n                 use service dirs and environment from running
                              dinit instance
 --socket-path <path>, -p <path>
                              use specified socket to connect to daemon (online
                              mode)
 --env-file, -e <file>        read environment from specified file
 --system, -s                 use defaults for system manager mode
 --user, -u                   use defaults for user mode
 <service-name>               check service with name <service-name>
`;
