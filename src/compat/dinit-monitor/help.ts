/** What `dinit-monitor --help` prints. */
export const helpText = `dinit-monitor:   monitor Dinit services

Usage:
    dinit-monitor [options] <service-names|environ-names...>

Options:
  --help           : show this help
  -e, --exit       : exit after the first issued command
  -E, --env        : monitor activation environment changes
  -s, --system     : monitor system daemon (default if run as root)
  -u, --user       : monitor user daemon
  -i, --initial    : also execute command for initial service state
  --str-started <started-text>
                   : specify text describing status when service starts
  --str-stopped <stopped-text>
                   : specify text describing status when service stops
  --str-failed <failed-text>
                   : specify text describing status when service fails
  --socket-path <path>, -p <path>
                   : specify socket for communication with daemon
  -c, --command    : specify command to execute on service status change
                     (%n for service name, %s for status)
`;
