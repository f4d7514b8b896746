import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_INTERVAL_MS = 50;

export interface ServerStart {
  /** Whether it answers already. A rejection means no. */
  readonly isReady: () => Promise<boolean>;
  readonly timeoutMs: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** What a failed start is explained with. */
  readonly explanation?: () => Promise<string>;
}

/** The process of a real server that a test starts, stops, kills and starts again. It does not outlive the run of the tests. */
export class ServerProcess implements AsyncDisposable {
  readonly #name: string;
  #child: ChildProcess | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Resolves when the server is ready. One that ends or is not ready in time is killed, and that throws. */
  async start(program: string, args: readonly string[], options: ServerStart): Promise<void> {
    const { isReady, timeoutMs, environment, explanation } = options;
    const child = spawn(program, args, { stdio: 'ignore', ...(environment && { env: environment }) });
    this.#child = child;
    process.on('exit', this.#killLeftover);
    const endMs = performance.now() + timeoutMs;
    while (!(await isReady().catch(() => false))) {
      if (hasEnded(child) || performance.now() > endMs) {
        await this.end('SIGKILL');
        throw new Error(`${this.#name} did not start. ${(await explanation?.()) ?? ''}`);
      }
      await sleep(LOOK_INTERVAL_MS);
    }
  }

  /** SIGSTOP: it says nothing any more, but its connections stay, until SIGCONT. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** Resolves when the process is gone; at once if none runs. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    process.off('exit', this.#killLeftover);
    if (!child || hasEnded(child)) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }

  /** For a run that ends before its time. */
  readonly #killLeftover = (): void => {
    this.#child?.kill('SIGKILL');
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
