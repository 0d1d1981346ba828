import { copyTreeWithoutConsumers } from '@federated-media/stack/tree-copy';

import { checks, generated } from './checks/all.ts';
import { runChecks, type Counts } from './checks/check.ts';
import { runVitest } from './checks/run-vitest.ts';
import type { TestCounts } from './checks/vitest-counts.ts';

/** Tests of random cases try many more of them. */
const THOROUGH = '--thorough';

const given = process.argv.slice(2).filter((argument) => argument !== '--');
// With arguments (a file, `-t name`), only those tests run: `pnpm test subgraphs/cms`.
const vitestArguments = given.filter((argument) => argument !== THOROUGH);
const isThorough = given.includes(THOROUGH);
const environment = { TEST_THOROUGH: isThorough ? '1' : '' };

const first = await runChecks([generated]);
if (first.failed > 0) summarise([first], []);
else if (vitestArguments.length > 0)
  summarise([first], [await runVitest(vitestArguments, environment)]);
else
  summarise(
    [first, await runChecks(checks)],
    [await testEverything(), ...(await testManyProcesses())],
  );

/** Most journeys run on modules that share a process; thorough tests also run them on several processes. */
async function testManyProcesses(): Promise<TestCounts[]> {
  if (!isThorough) return [];
  console.log('\nThe journeys, with each module in its own process:');
  return [
    await runVitest(['--project', 'journeys', '--project', 'alone'], { TEST_PROCESSES: 'many' }),
  ];
}

async function testEverything(): Promise<TestCounts> {
  const tree = await copyTreeWithoutConsumers();
  try {
    return await runVitest([], { ...environment, CMS_TREE: tree.root });
  } finally {
    await tree.close();
  }
}

/** The last line is read by machines. */
function summarise(checked: readonly Counts[], tested: readonly TestCounts[]): void {
  const skipped = tested.flatMap((counts) => counts.skipped);
  for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason})`);
  for (const name of tested.flatMap(({ failures }) => failures)) console.log(`FAILED  ${name}`);

  const sum = (key: keyof Counts) =>
    [...checked, ...tested].reduce((total, counts) => total + counts[key], 0);
  console.log(
    `\n${sum('passed')} passed, ${sum('failed')} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
  );
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}
