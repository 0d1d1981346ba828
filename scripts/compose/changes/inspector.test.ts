import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import { print } from 'graphql';
import { expect, inject, test } from 'vitest';
import { compare, levelsOf, versionOf, type Level } from './testing/inspector.ts';
import { randomChange } from './testing/random/random-change.ts';
import { explained, reasons } from './testing/reasons.ts';

const { seed: firstSeed, isThorough } = inject('random');
const CHANGES = isThorough ? 5_000 : 200;
const TIMEOUT_MS = isThorough ? 1_200_000 : 120_000;

test(
  `finds in ${CHANGES} random changes what GraphQL Inspector finds, except for documented differences`,
  async () => {
    const counts = { breaking: 0, dangerous: 0, safe: 0, none: 0, explained: 0 };
    for (let seed = firstSeed; seed < firstSeed + CHANGES; seed += 1) {
      const { before, after, edits } = randomChange(seed);
      const found = await compare(before, after);
      const levels = levelsOf(found);
      counts[levels.ours] += 1;
      if (levels.ours === levels.theirs) continue;

      counts.explained += 1;
      const { names, ...left } = explained(found);
      const { ours, theirs } = levelsOf(left);
      const report = [
        `seed ${seed}: ${edits.join(', ')}: explained by: ${names.join('; ') || 'nothing'}`,
        ...left.ours.map(({ effect, code, coordinate }) => `ours ${effect} ${code} ${coordinate}`),
        ...left.theirs.map(({ criticality, message }) => `theirs ${criticality.level} ${message}`),
        print(before.document),
        print(after.document),
      ];
      expect(names, report.join('\n')).not.toEqual([]);
      expect(orSafe(ours), report.join('\n')).toBe(orSafe(theirs));
    }
    process.stdout.write(`seeds from ${firstSeed}: ${JSON.stringify(counts)}\n`);
    for (const level of ['breaking', 'dangerous', 'safe'] as const) {
      expect(counts[level], level).toBeGreaterThan(0);
    }
  },
  TIMEOUT_MS,
);

test.each(reasons)('the documented difference exists: $name', async (reason) => {
  const [before, after] = reason.example;
  const found = await compare(versionOf(before), versionOf(after));
  expect(levelsOf(found)).toEqual({ ours: reason.ours, theirs: reason.theirs });
  const { names, ...left } = explained(found);
  expect(names).toEqual([reason.name]);
  const { ours, theirs } = levelsOf(left);
  expect(orSafe(ours)).toBe(orSafe(theirs));

  const page = await readFile(join(projectRoot, 'docs/composition-checks.md'), 'utf8');
  expect(page).toContain(`| ${reason.name} | ${reason.ours} | ${reason.theirs} |`);
});

/** A reason may explain all findings of one of the two. */
const orSafe = (level: Level) => (level === 'none' ? 'safe' : level);
