/** What `dinitctl --help` prints. */
export const helpText = `dinitctl:   control Dinit services

Usage:
    dinitctl [options] status <service-name>
    dinitctl [options] is-started <service-name>
    dinitctl [options] is-failed <service-name>
    dinitctl [options] start [options] <service-name>
    dinitctl [options] stop [options] <service-name>
    dinitctl [options] restart [options] <service-name>
    dinitctl [options] wake [options] <service-name>
    dinitctl [options] release [options] <service-name>
    dinitctl [options] unpin <service-name>
    dinitctl [options] unload <service-name>
    dinitctl [options] reload <service-name>
    dinitctl [options] list
    dinitctl [options] shutdown
    dinitctl [options] add-dep <type> <from-service> <to-service>
    dinitctl [options] rm-dep <type> <from-service> <to-service>
    dinitctl [options] enable [--from <from-service>] <to-service>
    dinitctl [options] disable [--from <from-service>] <to-service>
    dinitctl [options] trigger <service-name>
    dinitctl [options] untrigger <service-name>
    dinitctl [options] setenv [name[=value] ...]
    dinitctl [options] unsetenv [name ...]
    dinitctl [options] catlog <service-name>
    dinitctl [options] signal <signal> <service-name>

Note: An activated service continues running when its dependents stop.

General options:
  --help           : show this help
  -s, --system     : control system daemon (default if run as root)
  -u, --user       : control user daemon
  --quiet          : suppress output (except errors)
  --socket-path <path>, -p <path>
                   : specify socket for communication with daemon
  --use-passed-cfd : use the socket file descriptor identified by the DINIT_CS_FD
                     environment variable to communicate with the dinit daemon
  -o, --offline    : do not contact running dinit daemon
  -d, --services-dir <dir>
                   : specify directory for service definitions (offline mode)

Command options:
  --no-wait        : don't wait for service startup/shutdown to complete
  --pin            : pin the service in the requested state
  --force          : force stop even if dependents will be affected
  -l, --list       : (signal) list supported signals
`;
