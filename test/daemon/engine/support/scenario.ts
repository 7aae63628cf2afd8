/** The recorded scenarios: their form (its README says what each part means) and where they are. */
import fs from 'node:fs';

export interface RecordedStatus {
  readonly state?: string;
  readonly target?: string;
  readonly reason?: string;
  readonly explicit?: boolean;
  readonly pid?: boolean;
  readonly skipped?: boolean;
  readonly console?: string;
  readonly exit?: number;
  readonly signal?: string;
  readonly core?: string;
  readonly exec?: readonly [string, string];
  readonly at_least?: boolean;
}

export interface Step {
  readonly ctl?: readonly string[];
  readonly background?: string;
  readonly join?: string;
  readonly still_waiting?: string;
  readonly exit?: number | string;
  readonly out?: readonly string[];
  readonly err?: readonly string[];
  readonly states?: Readonly<Record<string, RecordedStatus | null>>;
  readonly order?: readonly string[];
  readonly order_any?: readonly string[];
  readonly wait_order?: string;
  readonly wait_message?: string;
  readonly count?: number;
  readonly touch?: string;
  readonly write?: string;
  readonly text?: string;
  readonly remove?: string;
  readonly wait_file?: string;
  readonly file?: string;
  readonly exists?: boolean;
  readonly kill?: string;
  readonly kill_pid_in?: string;
  readonly signal?: string | null;
  readonly note_pid?: string;
  readonly same_pid_as_noted?: string;
  readonly result?: boolean | string;
  readonly watch?: readonly string[];
  readonly events?: readonly string[];
  readonly pause?: number;
  readonly signal_daemon?: string;
  readonly daemon_exit?: number | string;
  readonly shutdown_request?: number;
}

export interface Scenario {
  readonly name: string;
  readonly page: string;
  readonly shows: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly daemon?: {
    readonly arguments?: readonly string[];
    readonly service_directories?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  };
  readonly steps: readonly Step[];
  readonly end: {
    readonly shutdown?: boolean;
    readonly exit?: number | string;
    readonly order?: readonly string[];
    readonly order_any?: readonly string[];
    readonly messages?: readonly string[];
    readonly messages_any?: readonly string[];
  };
  readonly release_at_end?: readonly string[];
  readonly stock_defect?: boolean;
  readonly instead?: { readonly text: string; readonly steps?: readonly Step[] };
}

const directory = new URL('../../../../../shared/fixtures/dinit/scenarios/', import.meta.url);

export const areScenariosThere = fs.existsSync(directory);

export function scenarioFiles(): readonly string[] {
  return areScenariosThere
    ? fs
        .readdirSync(directory)
        .filter((file) => file.endsWith('.json'))
        .toSorted()
    : [];
}

export function readScenarios(file: string): readonly Scenario[] {
  const { scenarios }: { scenarios: readonly Scenario[] } = JSON.parse(
    fs.readFileSync(new URL(file, directory), 'utf8'),
  );
  return scenarios;
}

/** What cannot be played without real processes, files or a real client. */
export class NotPlayable extends Error {}
