/** Becomes somebody else and then another program. Arguments: uid, gid, supplementary groups (`1,2`, or nothing), the program and its arguments. */
const [uid = '', gid = '', groups = '', program = '', ...args] = process.argv.slice(2);
process.setgroups?.(groups === '' ? [] : groups.split(',').map(Number));
process.setgid?.(Number(gid));
process.setuid?.(Number(uid));
process.execve?.(program, [program, ...args], process.env);
