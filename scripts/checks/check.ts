import { availableParallelism } from 'node:os';

/** A condition that the repository must meet. */
export interface Check {
  readonly name: string;
  /** A rejection means that the check itself is broken, and counts as failed. */
  run(): Promise<Outcome>;
}

export interface Outcome {
  readonly passed: boolean;
  /** What a reader needs to fix it; printed only if it failed. */
  readonly report: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** One problem per line; passed without problems. */
export function outcomeOf(problems: readonly string[]): Outcome {
  return { passed: problems.length === 0, report: problems.join('\n') };
}

/** Runs as many checks at a time as there are cores, in the given order, and prints one line for each. */
export async function runChecks(checks: readonly Check[]): Promise<Counts> {
  const waiting = [...checks];
  let passed = 0;

  async function work(): Promise<void> {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (await runCheck(check)) passed += 1;
    }
  }

  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return { passed, failed: checks.length - passed };
}

async function runCheck(check: Check): Promise<boolean> {
  const startedAt = performance.now();
  const { passed, report } = await check.run().catch(brokenCheck);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);

  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(34)} ${seconds.padStart(5)} s`);
  if (!passed) console.log(`\n${report.trim().replaceAll(/^/gm, '    ')}\n`);
  return passed;
}

function brokenCheck(error: unknown): Outcome {
  const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { passed: false, report };
}
