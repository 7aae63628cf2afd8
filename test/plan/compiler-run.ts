/** Runs the plan compiler as the launcher does: a process of its own, settings as its argument, plan and request at descriptors 3 and 4. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { decodePlan } from '../../src/plan/decode-plan.ts';
import { encodeSettings } from '../../src/plan/encode-settings.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { PlanDescriptions } from '../../src/plan/planned-service.ts';
import { type CompileRequest, encodeRequest } from '../../src/plan/request.ts';
import type { Settings } from '../../src/plan/settings.ts';

const compiler = resolve(import.meta.dirname, '../../src/plan/compile.ts');
const digest = new Uint8Array(32).fill(7);

export interface CompilerResult {
  readonly status: number | null;
  readonly stderr: string;
  /** The bytes at descriptor 3. */
  readonly bytes: Buffer;
}

export class CompilerRun implements Disposable {
  readonly directory = fs.mkdtempSync(join(tmpdir(), 'reeve-plan-'));

  /** `files` by path below the directory; `{DIR}` in a text is the directory. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    fs.chmodSync(this.directory, 0o755);
    for (const [path, text] of Object.entries({ 'sd/.keep': '', ...files })) this.write(path, text);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(path: string, text: string): void {
    fs.mkdirSync(dirname(this.path(path)), { recursive: true });
    fs.writeFileSync(this.path(path), text.replaceAll('{DIR}', this.directory));
  }

  settings(changes: Partial<Settings> = {}): Settings {
    const program = { uid: 0, gid: 0, argv: ['/bin/false'] };
    return {
      mode: 'user',
      digest,
      runDirectory: this.path('run'),
      planCache: '',
      daemon: program,
      logger: program,
      compiler: program,
      controls: [],
      environment: [],
      setenvAllow: [],
      limits: { acknowledge: 1000, compile: 1000, restartFirst: 1, restartLargest: 1 },
      names: [],
      serviceDirectories: [this.path('sd')],
      compilerOptions: [`directory=${this.directory}`],
      isForeground: false,
      ...changes,
    };
  }

  run(request: Partial<CompileRequest>, changes: Partial<Settings> = {}): CompilerResult {
    this.write('settings', '');
    fs.writeFileSync(this.path('settings'), encodeSettings(this.settings(changes)), { mode: 0o600 });
    const whole = { generation: 1, digest, names: ['boot'], environment: ['PATH=/usr/bin:/bin'], ...request };
    return this.runRaw(encodeRequest(whole));
  }

  runRaw(request: Uint8Array, args: readonly string[] = [this.path('settings')]): CompilerResult {
    fs.writeFileSync(this.path('request'), request);
    const plan = fs.openSync(this.path('plan'), 'w+');
    const input = fs.openSync(this.path('request'), 'r');
    try {
      const result: SpawnSyncReturns<string> = spawnSync(process.execPath, [compiler, ...args], {
        stdio: ['ignore', 'pipe', 'pipe', plan, input],
        env: {},
        encoding: 'utf8',
      });
      return { status: result.status, stderr: result.stderr, bytes: fs.readFileSync(this.path('plan')) };
    } finally {
      fs.closeSync(plan);
      fs.closeSync(input);
    }
  }

  /** The plan of a compilation that must succeed, and the daemon's part of it. */
  compile(request: Partial<CompileRequest>, changes: Partial<Settings> = {}): { plan: Plan; json: PlanDescriptions } {
    const { status, stderr, bytes } = this.run(request, changes);
    if (status !== 0) throw new Error(`the compiler ended with ${status}: ${stderr}`);
    const plan = decodePlan(bytes);
    const json: PlanDescriptions = JSON.parse(plan.descriptions);
    return { plan, json };
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
