import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import { explanationsOf, knownDifferences } from './testing/known-differences.ts';
import { type Outcome, openWorld } from './testing/open-world.ts';
import { randomOperation } from './testing/random-operation.ts';
import { describeFailures } from './testing/report.ts';
import { shortestFailures } from './testing/shorten.ts';
import type { Operation, World } from './testing/world.ts';
import { worlds } from './testing/worlds/all.ts';

const { seed, isThorough } = inject('random');
const runs = isThorough ? 400 : 15;

/** Failures are shortened before they are shown. */
const TIMEOUT_MS = isThorough ? 1_200_000 : 120_000;

const scores: string[] = [];
const matched = new Set<unknown>();

test.each(worlds)(
  '$name: responds like a single schema with the same data',
  async (world) => {
    const opened = await openWorld(world);
    onTestFinished(() => opened.close());
    const outcomes: Outcome[] = [];
    for (const operation of operationsOf(world, opened)) outcomes.push(await opened.run(operation));
    const failures = await shortestFailures(outcomes, {
      run: opened.run,
      isKnown: (line, { query }) => isKnown(world, line, query),
    });
    const rightOfApollo = outcomes.filter(({ isApolloRight }) => isApolloRight).length;
    const right = outcomes.filter(({ differences }) => differences.length === 0).length;
    scores.push(
      `${world.name}: of ${outcomes.length}, ours ${right}, ApolloGateway ${rightOfApollo}`,
    );
    if (failures.length > 0) {
      expect.fail(`TEST_SEED=${seed}, ${runs} random operations\n\n${describeFailures(failures)}`);
    }
  },
  TIMEOUT_MS,
);

// `operations` of a world show its known differences with any seed.
test('every known difference still occurs', () => {
  expect(knownDifferences.filter((known) => !matched.has(known))).toEqual([]);
});

afterAll(() => {
  process.stdout.write(
    `TEST_SEED=${seed}, ${runs} random operations each; equal to graphql-js:\n  ${scores.join('\n  ')}\n`,
  );
});

function* operationsOf(
  world: World,
  { schema, isValid }: Awaited<ReturnType<typeof openWorld>>,
): Generator<Operation> {
  for (const given of world.operations) yield typeof given === 'string' ? { query: given } : given;
  let made = 0;
  // Some select fields that cannot be merged.
  for (let attempt = 0; made < runs && attempt < runs * 20; attempt += 1) {
    const operation = randomOperation(schema, {
      seed: seed * 1_000_003 + attempt,
      variableNames: world.variableNames,
    });
    if (!isValid(operation.query)) continue;
    made += 1;
    yield operation;
  }
}

function isKnown(world: World, line: string, query: string): boolean {
  const known = explanationsOf(line, { world: world.name, query });
  for (const entry of known) matched.add(entry);
  return known.length > 0;
}
