import { generate } from '@federated-media/stack/stack/generate';

import { arrows } from './arrows.ts';
import type { Check } from './check.ts';
import { runCommand } from './command.ts';
import { cmsKnowsNoConsumer } from './consumer-words.ts';
import { deployment } from './deployment.ts';
import { documentedPaths } from './documented-paths.ts';
import { licences } from './licences.ts';
import { plainEnglish } from './plain-english.ts';
import { portability } from './portability.ts';

/** Runs before the other checks, which read generated code. */
export const generated: Check = {
  name: 'generate',
  async run() {
    await generate();
    return { passed: true, report: '' };
  },
};

/** The slowest first, to shorten the whole run. */
export const checks: readonly Check[] = [
  command('lint', 'oxlint', '--format=unix'),
  command('unused code', 'knip'),
  command('composition', 'node', 'scripts/compose.ts', '--check'),
  arrows,
  command('types', 'tsc', '-p', '.'),
  command(
    'types of the client package',
    'tsc',
    '-p',
    'packages/client/tsconfig.build.json',
    '--noEmit',
  ),
  command('types for browsers', 'tsc', '-p', 'test/other-origin'),
  command('types of GraphiQL', 'tsc', '-p', 'gateway/graphiql'),
  command('types of the media library', 'tsc', '-p', 'apps/media-library'),
  command('types of the storefront', 'tsc', '-p', 'examples/storefront'),
  command('format', 'oxfmt', '--check'),
  licences,
  deployment,
  cmsKnowsNoConsumer,
  plainEnglish,
  documentedPaths,
  portability,
];

function command(name: string, program: string, ...args: string[]): Check {
  return { name, run: () => runCommand(program, args) };
}
