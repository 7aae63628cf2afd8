/** A world whose services come from the files of a scenario and whose processes are its helper programs. */
import type { PidFileResult } from '../../../../src/daemon/engine/event.ts';
import { findService } from '../../../../src/daemon/engine/status.ts';
import type { Run, ServiceId } from '../../../../src/daemon/model/ids.ts';
import type { ServiceDescription } from '../../../../src/service/description.ts';
import { type LoadResult, loadServices } from '../../../../src/service/load.ts';
import { MemoryFiles } from '../../../support/memory-files.ts';
import { memoryUsers } from '../../../support/memory-users.ts';
import { runCommand } from './helper-programs.ts';
import { NotPlayable, type Scenario } from './scenario.ts';
import { ScratchPlace, here, root } from './scratch-place.ts';
import type { VirtualProcess } from './virtual-process.ts';
import { World } from './world.ts';

const helpers: ReadonlySet<string> = new Set(
  ['svc', 'once', 'bg', 'args', 'run', 'vars'].map((name) => `${root}/bin/${name}`),
);
const systemPrograms: ReadonlySet<string> = new Set(['/bin/sleep', '/bin/true', '/bin/false']);
/** Milliseconds between two looks of a helper program. */
const pollPause = 20;
const ENOENT = 2;
const EACCES = 13;

export class ScenarioWorld extends World {
  readonly place = new ScratchPlace((look) => this.time.after(pollPause, look));
  readonly environment: Map<string, string>;
  readonly #scenario: Scenario;
  readonly #descriptions = new Map<string, ServiceDescription>();
  readonly #byPid = new Map<number, VirtualProcess>();

  constructor(scenario: Scenario) {
    super();
    this.#scenario = scenario;
    for (const [path, text] of Object.entries(scenario.files ?? {})) this.place.write(path, here(text));
    const own = { PATH: '/usr/bin:/bin', HOME: root, LANG: 'C' };
    const given = Object.entries(scenario.daemon?.environment ?? {}).map(
      ([name, value]) => [name, here(value)] as const,
    );
    this.environment = new Map([...Object.entries(own), ...given]);
  }

  description(name: string): ServiceDescription | undefined {
    return this.#descriptions.get(name);
  }

  /** Loads what is new of a service and what it depends on; false when it cannot be loaded. */
  loadNamed(name: string): boolean {
    if (findService(this.state, name) !== undefined) return true;
    const { descriptions } = this.#read(name);
    return this.#adopt(descriptions) && findService(this.state, name) !== undefined;
  }

  reloadNamed(name: string): boolean {
    if (findService(this.state, name) === undefined) return this.loadNamed(name);
    const { descriptions } = this.#read(name);
    const description = descriptions.get(name);
    if (!description || !this.#adopt(descriptions)) return false;
    if (this.reload(description).reply.kind !== 'done') return false;
    this.#descriptions.set(name, description);
    return true;
  }

  override process(name: string): VirtualProcess {
    return this.processOf(name) ?? super.process(name);
  }

  processOf(name: string): VirtualProcess | undefined {
    const id = this.id(name);
    return this.launcher.find(id) ?? this.launcher.find(id, 'stop');
  }

  signalPid(pid: number, signal: number): void {
    this.#byPid.get(pid)?.signal(signal);
  }

  protected override begin(process: VirtualProcess): void {
    this.#byPid.set(process.facts.pid, process);
    const { name, role } = process.facts;
    const description = this.#descriptions.get(name);
    if (!description) throw new Error(`${name} was launched but never loaded`);
    const command = role === 'main' ? description.command : description.stopCommand;
    if (description.limits.length > 0) throw new NotPlayable('needs resource limits');
    if (description.consumerOf !== undefined) throw new NotPlayable('needs a pipe between two processes');
    process.onExecute(() =>
      runCommand(
        {
          place: this.place,
          time: this.time,
          fork: (parent) => {
            const child = this.launcher.forkApart(parent.facts.id, parent.facts.run);
            this.#byPid.set(child.facts.pid, child);
            parent.group.push(child);
            return child;
          },
          signal: (pid, signal) => this.signalPid(pid, signal),
        },
        process,
        command,
      ),
    );
    const trouble = this.#launchTrouble(description, command);
    this.time.after(0, () => {
      if (trouble) process.failToExecute(trouble.errno, 0, trouble.opType);
      else process.execute();
    });
  }

  protected override pidFileOf(id: ServiceId, _run: Run): VirtualProcess | Exclude<PidFileResult, 'supervised'> {
    const { pidFile = '' } = this.serviceAt(id).description;
    const text = this.place.read(pidFile);
    if (text === undefined) return 'cannot-open';
    const [, number] = /^\s*(0x[\da-f]+|\d+)/.exec(text) ?? [];
    const pid = Number(number);
    if (number === undefined || pid === 0) return 'no-number';
    const process = this.#byPid.get(pid);
    return process?.isAlive ? process : 'no-such-process';
  }

  protected override chain(_from: ServiceId, name: string): void {
    if (this.loadNamed(name)) this.start(name);
  }

  #read(name: string): LoadResult {
    const { directories = [], links = {}, daemon } = this.#scenario;
    return loadServices([name], {
      files: new MemoryFiles({
        files: Object.fromEntries(this.place.files),
        directories: directories.map((path) => `${root}/${path}`),
        links: Object.fromEntries(Object.entries(links).map(([path, target]) => [`${root}/${path}`, here(target)])),
        workingDirectory: root,
      }),
      users: memoryUsers,
      directories: (daemon?.service_directories ?? ['{DIR}/sd']).map(here),
      environment: this.environment,
      effectiveUid: 0,
      dependencyDepth: 32,
    });
  }

  #adopt(descriptions: ReadonlyMap<string, ServiceDescription>): boolean {
    const fresh = [...descriptions.values()].filter(({ name }) => findService(this.state, name) === undefined);
    for (const description of fresh) {
      if (description.socket) throw new NotPlayable('needs an activation socket');
      this.#descriptions.set(description.name, description);
    }
    return fresh.length === 0 || this.load(fresh).reply.kind === 'done';
  }

  /** What keeps the launcher from executing the command, as far as a tree in memory can say. */
  #launchTrouble(
    { workingDirectory, log }: ServiceDescription,
    [program = '']: readonly string[],
  ): { readonly opType: number; readonly errno: number } | undefined {
    const hasDirectory = (path: string): boolean =>
      path === root || [...this.place.files.keys(), ...this.#directories()].some((file) => file.startsWith(`${path}/`));
    const from = workingDirectory.startsWith('/') ? workingDirectory : `${root}/${workingDirectory}`;
    if (from !== `${root}/sd` && !hasDirectory(from)) return { opType: 0x20, errno: ENOENT };
    if (log.file !== undefined) throw new NotPlayable('needs a log file');
    if (helpers.has(program) || systemPrograms.has(program)) return undefined;
    if (this.place.has(program) || hasDirectory(program)) return { opType: 0x30, errno: EACCES };
    if (program.startsWith('/')) return { opType: 0x30, errno: ENOENT };
    throw new NotPlayable('needs a search for its program');
  }

  #directories(): readonly string[] {
    return (this.#scenario.directories ?? []).map((path) => `${root}/${path}/`);
  }
}
