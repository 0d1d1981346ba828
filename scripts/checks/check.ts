import { availableParallelism } from 'node:os';

/** Something that must be true of the repository. */
export interface Check {
  readonly name: string;
  /** Never rejects for what it checks: a rejection is a broken check, and counts as failed. */
  run(): Promise<Outcome>;
}

export interface Outcome {
  readonly passed: boolean;
  /** What a reader needs to mend it; printed only when it did not pass. */
  readonly report: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** One problem per line; no problems means passed. */
export function outcomeOf(problems: readonly string[]): Outcome {
  return { passed: problems.length === 0, report: problems.join('\n') };
}

/** Runs as many at a time as there are cores, in the order given; each reports in one line. */
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
