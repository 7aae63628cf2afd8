/** What `dinit --help` prints. */
export const helpText = `dinit: init/service manager daemon
 --help                       display (this) help
 --version                    display version
 --env-file <file>, -e <file>
                              environment variable initialisation file
 --services-dir <dir>, -d <dir>
                              set base directory for service description
                              files, can be specified multiple times
 --system, -s                 run as the system service manager
 --system-mgr, -m             run as system manager (perform shutdown etc)
 --user, -u                   run as a user service manager
 --container, -o              run in container mode (do not manage system)
 --auto-recovery, -r          auto-run recovery service on system manager boot failure
 --socket-path <path>, -p <path>
                              path to control socket
 --ready-fd <fd>, -F <fd>
                              file descriptor to report readiness
 --cgroup-path <path>, -b <path>
                              cgroup base path (for resolving relative paths)
 --log-file <file>, -l <file> log to the specified file
 --quiet, -q                  disable output to standard output
 <service-name>, --service <service-name>, -t <service-name>
                              start service with name <service-name>
`;
