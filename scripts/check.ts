import { checks, generated } from './checks/all.ts';
import { runChecks } from './checks/check.ts';

const first = await runChecks([generated]);
if (first.failed > 0) process.exit(1);

const { passed, failed } = await runChecks(checks);
console.log(`\n${passed + first.passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
