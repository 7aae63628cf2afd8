/** What `shutdown --help` prints under each of its names. */
export const helpText = (name: string): string => `${name} :   shutdown the system
  --help           : show this help
  -r               : reboot.
  -s               : soft-reboot (restart dinit with same boot-time arguments).
  -h               : halt system.
  -p               : power down (default).
  -k               : execute kernel loaded via kexec.
  --use-passed-cfd : use the socket file descriptor identified by the DINIT_CS_FD
                     environment variable to communicate with the init daemon.
  --system         : perform shutdown immediately, instead of issuing shutdown
                     command to the init program. Not recommended for normal use.
`;
