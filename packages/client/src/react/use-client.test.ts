import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('server components can use each file that uses React', async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => !name.endsWith('.test.ts'));
  const sources = await Promise.all(
    files.map((name) => readFile(`${import.meta.dirname}/${name}`, 'utf8')),
  );
  const ofReact = sources.filter((source) => source.includes(`from 'react'`));
  expect(ofReact).toHaveLength(3);
  for (const source of ofReact) expect(source).toMatch(/^'use client';\n/);
});
