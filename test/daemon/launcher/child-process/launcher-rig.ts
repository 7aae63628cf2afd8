/** A launcher of portable mode in this process, on real service files, with the events it tells. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ChildProcessLauncher } from '../../../../src/daemon/launcher/child-process/child-process-launcher.ts';
import { createCompiler } from '../../../../src/daemon/launcher/child-process/compiler.ts';
import type { LauncherEvent } from '../../../../src/daemon/launcher/launcher-event.ts';
import { LocalLogs } from '../../../../src/daemon/logs/in-process/local-logs.ts';
import type { PlanDescriptions } from '../../../../src/plan/planned-service.ts';
import { makeTemporaryDirectory } from '../../../support/temporary-directory.ts';

type Kind = LauncherEvent['kind'];
type EventOf<K extends Kind> = Extract<LauncherEvent, { readonly kind: K }>;

/** `{DIR}` in texts stands for the rig's directory; paths below `bin/` become executable. */
export class LauncherRig implements AsyncDisposable {
  readonly events: LauncherEvent[] = [];
  readonly launcher: ChildProcessLauncher;
  readonly logs: LocalLogs;
  readonly #directory = makeTemporaryDirectory();
  readonly #slots = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  readonly #running = new Set<string>();
  #run = 0;

  constructor(
    files: Readonly<Record<string, string>>,
    environment: readonly string[] = [`PATH=${process.env['PATH']}`],
  ) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
    this.logs = new LocalLogs({
      clocks: { monotonic: () => performance.now(), wall: () => Date.now() },
      report: (slot, what, amount, errno) => this.launcher.report({ kind: 'log', slot, what, amount, errno }),
    });
    this.launcher = new ChildProcessLauncher({
      compile: createCompiler({ serviceDirectories: [this.path('sd')], directory: this.path('') }),
      names: Object.keys(files).flatMap((path) => (path.startsWith('sd/') ? [path.slice(3)] : [])),
      environment,
      logs: this.logs,
      runDirectory: this.path(''),
      now: () => performance.now(),
      end: () => {},
    });
  }

  /** Everything is compiled and in use. */
  static async open(files: Readonly<Record<string, string>>, environment?: readonly string[]): Promise<LauncherRig> {
    const rig = new LauncherRig(files, environment);
    rig.launcher.open(
      (event) => rig.#take(event),
      () => {},
    );
    await rig.until('plan');
    return rig;
  }

  path(name: string): string {
    return join(this.#directory.path, name);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text.replaceAll('{DIR}', this.#directory.path));
    if (path.startsWith('bin/')) chmodSync(this.path(path), 0o755);
  }

  read(path: string): string {
    return existsSync(this.path(path)) ? readFileSync(this.path(path), 'utf8') : '';
  }

  slot(name: string): number {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw new Error(`${name} is in no plan: ${JSON.stringify(this.events)}`);
    return slot;
  }

  /** Starts the service; the number of the run. */
  launch(name: string, role: 'main' | 'stop' = 'main'): number {
    this.#run += 1;
    this.launcher.launch(this.slot(name), role, this.#run, 'none');
    return this.#run;
  }

  /** Starts the service and waits for its end: what the run told, in order. */
  async story(name: string): Promise<readonly LauncherEvent[]> {
    const run = this.launch(name);
    await this.until((event) => isOfRun(event, run) && (event.kind === 'exited' || event.kind === 'start-failed'));
    return this.events.filter((event) => isOfRun(event, run));
  }

  async until<K extends Kind>(kind: K): Promise<EventOf<K>>;
  async until(condition: (event: LauncherEvent) => boolean): Promise<LauncherEvent>;
  async until(wanted: Kind | ((event: LauncherEvent) => boolean)): Promise<LauncherEvent> {
    const matches = typeof wanted === 'string' ? (event: LauncherEvent): boolean => event.kind === wanted : wanted;
    for (;;) {
      const found = this.events.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.launcher.endServices(9);
    await this.until(() => this.#running.size === 0);
    this.launcher[Symbol.dispose]();
    this.#directory[Symbol.dispose]();
  }

  #take(event: LauncherEvent): void {
    this.events.push(event);
    if (event.kind === 'plan') {
      const { services } = JSON.parse(event.json) as PlanDescriptions;
      services.forEach(({ name }, index) => this.#slots.set(name, event.slots[index] ?? -1));
      this.launcher.use(event.generation, event.slots);
    }
    if (event.kind === 'executed') this.#running.add(`${event.slot} ${event.role}`);
    if (event.kind === 'exited') this.#running.delete(`${event.slot} ${event.role}`);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

function isOfRun(event: LauncherEvent, run: number): boolean {
  return 'run' in event && event.run === run;
}
