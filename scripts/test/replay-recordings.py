"""Replays what was recorded from the stock dinit against the programs in a directory, as far as a time limit allows.

    replay-recordings.py SCENARIOS BIN SECONDS [JOBS]

SCENARIOS is the directory with the recorded scenarios and their own player. A scenario that is marked as a defect of the stock program is played in its
mended form. One that differs is played once more when the others are done, alone: many have times in them that a busy machine cannot keep. They are taken in
an order that goes through all subjects again and again. The last line is `N passed, N failed, N skipped`; the one before it tells the steps.
"""
import sys, time
from concurrent.futures import ProcessPoolExecutor

SCENARIOS, BIN, SECONDS = sys.argv[1], sys.argv[2], float(sys.argv[3])
JOBS = int(sys.argv[4]) if len(sys.argv) > 4 else 2
sys.path.insert(0, SCENARIOS)
sys.dont_write_bytecode = True
import replay

# Where reeve does otherwise on purpose (docs/dinit-differences.md), or cannot do it yet.
DIFFERENCES = {
    'cgroup-missing': 'cgroups are refused until they can be used',
    'pass-cs-fd': 'the option is refused until it can be honoured',
    'pin-table-started-stop': 'a restart of what is pinned stopped is refused',
    'reload-bad-description': 'a failed reload leaves nothing loaded that it came across',
    'stop-while-starting-dependents': 'the cancelled dependent is told after its dependency, and with its reason',
    'log-buffer-full': 'a full buffer keeps the newest output',
    'bg-pid-file-hex': 'the number in a pid file is decimal',
    'bg-foreign-process': 'a process that is not ours is not supervised: the start fails',
    'bg-foreign-process-exit-unnoticed': 'a process that is not ours is not supervised: the start fails',
    'bg-foreign-stop-command': 'a process that is not ours is not supervised: the start fails',
    'env-file-clear': 'the search path of this machine is compared',
    'signal-quit': 'the launcher stops everything before it ends',
    'signal-hup': 'the launcher does not end by SIGHUP',
    'signal-usr1-socket': 'the launcher does not make its sockets again',
    'shutdown-type-4': 'the launcher ends with status 130 instead of by SIGINT',
}
STRIDE = 37


def jobs():
    found = []
    for scenario in replay.load():
        if scenario['name'] in DIFFERENCES: continue
        is_defect = bool(scenario.get('stock_defect'))
        if not is_defect: found.append((scenario, False))
        elif scenario.get('instead', {}).get('steps'): found.append((scenario, True))
    return [job for first in range(STRIDE) for job in found[first::STRIDE]]


def play(job):
    scenario, is_mended = job
    if time.time() > LIMIT: return None
    try:
        return replay.Runner(scenario, BIN, is_mended).run()
    except Exception as error:
        return [('?', repr(error), 'to be played', 'an error')]


LIMIT = time.time() + SECONDS
if __name__ == '__main__':
    todo = jobs()
    passed, failed, steps, again = 0, [], 0, []
    with ProcessPoolExecutor(JOBS) as pool:
        for job, differences in zip(todo, pool.map(play, todo)):
            if differences is None: continue
            steps += len((job[0]['instead'] if job[1] else job[0])['steps'])
            if differences: again.append(job)
            else: passed += 1
    LIMIT = time.time() + SECONDS
    for job in again:
        differences = play(job)
        if differences is None: differences = [('?', 'the time', 'a second try', 'none: too many scenarios differ')]
        if differences: failed.append(job[0]['name'])
        else: passed += 1
        for at, what, want, got in differences:
            print('%s, step %s, %s\n   expected %r\n   got      %r' % (job[0]['name'], at, what, want, got))
    for name, why in sorted(DIFFERENCES.items()): print('not played: %s: %s' % (name, why))
    left = len(todo) - passed - len(failed)
    print('%d recorded steps of %d scenarios were replayed; for %d scenarios there was no time' % (steps, passed + len(failed), left))
    print('%d passed, %d failed, %d skipped' % (passed, len(failed), left + len(DIFFERENCES)))
    sys.exit(1 if failed else 0)
