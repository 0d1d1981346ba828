import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@federated-media/stack/project';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { SourceFile } from '../source-files.ts';

/** The models of Kubernetes' API that validate a document against its JSON schema, and the paths of their types. */
const MODELS = new Map([
  ['Deployment', { model: Deployment, types: 'apps/v1' }],
  ['HorizontalPodAutoscaler', { model: HorizontalPodAutoscaler, types: 'autoscaling/v2' }],
  ['Job', { model: Job, types: 'batch/v1' }],
  ['Ingress', { model: Ingress, types: 'networking.k8s.io/v1' }],
  ['NetworkPolicy', { model: NetworkPolicy, types: 'networking.k8s.io/v1' }],
  ['PodDisruptionBudget', { model: PodDisruptionBudget, types: 'policy/v1' }],
  ['ConfigMap', { model: ConfigMap, types: 'v1' }],
  ['Service', { model: Service, types: 'v1' }],
] as const);

const PORTS = new Map<string, number>([
  ['gateway', 4000],
  ...allSubgraphs.map(({ name, port }) => [name, port] as const),
]);
const PROBES = new Set(['/health/live', '/health/serving', '/health/ready']);

const Named = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

const Probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Container = z.looseObject({
  name: z.string(),
  args: z.array(z.string()),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: z.object({ name: z.string() }) })).default([]),
  env: z.array(z.looseObject({ name: z.string() })).default([]),
  securityContext: z.looseObject({ readOnlyRootFilesystem: z.literal(true) }),
  startupProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
});
const PodOwner = z.looseObject({
  spec: z.looseObject({
    replicas: z.number().optional(),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        enableServiceLinks: z.boolean().default(true),
        containers: z.array(Container),
      }),
    }),
  }),
});
const Data = z.looseObject({ data: z.record(z.string(), z.string()) });
const Selecting = z.looseObject({
  spec: z.looseObject({
    selector: z.record(z.string(), z.string()),
    ports: z.array(z.looseObject({ port: z.number(), targetPort: z.string() })),
  }),
});
const Scaling = z.looseObject({
  spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }),
});
const Routing = z.looseObject({
  spec: z.looseObject({
    rules: z.array(
      z.looseObject({
        http: z.object({
          paths: z.array(
            z.looseObject({
              backend: z.object({
                service: z.object({ name: z.string(), port: z.object({ name: z.string() }) }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});
const Kustomization = z.looseObject({ resources: z.array(z.string()) });

export interface Manifest {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly value: unknown;
}

/** What is wrong with the files of deploy/kubernetes, without a cluster. `settings` are the known variables. */
export async function kubernetesProblems(
  files: readonly SourceFile[],
  settings: ReadonlySet<string>,
): Promise<string[]> {
  const isKustomization = ({ path }: SourceFile) => path.endsWith('/kustomization.yaml');
  const resources = files.filter((file) => !isKustomization(file));
  const { manifests, problems } = readManifests(resources);
  return [
    ...problems,
    ...manifests.flatMap(schemaProblems),
    ...(await typeProblems(manifests)),
    ...manifests.flatMap((manifest) => referenceProblems(manifest, { manifests, settings })),
    ...files.filter(isKustomization).flatMap((file) => listProblems(file, resources)),
  ];
}

function readManifests(files: readonly SourceFile[]) {
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  for (const { path, text } of files) {
    for (const document of parseAllDocuments(text)) {
      for (const { message } of document.errors) problems.push(`${path}: ${message}`);
      const value: unknown = document.toJS();
      const named = Named.safeParse(value);
      if (!named.success) problems.push(`${path}: a document without apiVersion, kind or name`);
      else manifests.push({ path, kind: named.data.kind, name: named.data.metadata.name, value });
    }
  }
  return { manifests, problems };
}

function schemaProblems({ path, kind, name, value }: Manifest): string[] {
  const known = modelOf(kind);
  if (!known) return [`${path}: ${kind} is not a kind that the check knows`];
  const { apiVersion } = Named.parse(value);
  if (apiVersion !== known.model.apiVersion) {
    return [`${path}: ${kind} ${name} must have the apiVersion ${known.model.apiVersion}`];
  }
  const Model = known.model;
  try {
    // The classes have different parameters; each validates what it is given.
    const object: unknown = Reflect.construct(Model, [value]);
    if (!canValidate(object)) throw new TypeError('A model has no validate().');
    object.validate();
    return [];
  } catch (error) {
    return [`${path}: ${kind} ${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const canValidate = (value: unknown): value is { validate(): void } =>
  typeof value === 'object' && value !== null && 'validate' in value;

const modelOf = (kind: string) => [...MODELS].find(([known]) => known === kind)?.[1];

/** The JSON schemas allow unknown fields. The types do not, so that a misspelled field is an error of the compiler. */
async function typeProblems(manifests: readonly Manifest[]): Promise<string[]> {
  const folder = join(projectRoot, 'scripts/node_modules/.cache');
  const file = join(folder, `manifests-${process.pid}-${crypto.randomUUID()}.ts`);
  const lines = manifests.flatMap(({ kind, value }, index) => {
    const known = modelOf(kind);
    if (!known) return [];
    const type = `import('kubernetes-models/${known.types}').I${kind}`;
    return [`export const m${index}: ${type} = ${JSON.stringify(value)};`];
  });
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
  const flags = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
  ];
  try {
    await promisify(execFile)(join(projectRoot, 'node_modules/.bin/tsc'), [...flags, file]);
    return [];
  } catch (error) {
    const printed =
      typeof error === 'object' && error && 'stdout' in error ? String(error.stdout) : '';
    return printed
      .split('\n')
      .filter((line) => line.includes('error TS'))
      .map((line) => {
        const [, row = '1'] = /\((\d+),\d+\)/.exec(line) ?? [];
        const manifest = manifests[Number(row) - 1];
        return `${manifest?.path}: ${manifest?.kind} ${manifest?.name}: ${line.replace(/^.*?error TS/, 'TS')}`;
      });
  } finally {
    await rm(file, { force: true });
  }
}

interface Others {
  readonly manifests: readonly Manifest[];
  readonly settings: ReadonlySet<string>;
}

/** Names of settings, processes, ports, paths and other objects that do not exist. */
function referenceProblems(manifest: Manifest, { manifests, settings }: Others): string[] {
  const { kind, name, path, value } = manifest;
  const at = (problem: string) => `${path}: ${kind} ${name}: ${problem}`;
  const exists = (wantedKind: string, wanted: string) =>
    manifests.some((one) => one.kind === wantedKind && one.name === wanted);
  const unknownSettings = (names: readonly string[]) =>
    names.filter((one) => !settings.has(one)).map((one) => at(`${one} is not a setting`));

  if (kind === 'ConfigMap') return unknownSettings(Object.keys(Data.parse(value).data));
  if (kind === 'HorizontalPodAutoscaler') {
    const { kind: target, name: wanted } = scaledBy(manifest);
    return exists(target, wanted) ? [] : [at(`there is no ${target} ${wanted}`)];
  }
  if (kind === 'Ingress') {
    const backends = Routing.parse(value).spec.rules.flatMap(({ http }) => http.paths);
    return backends
      .filter(({ backend }) => !exists('Service', backend.service.name))
      .map(({ backend }) => at(`there is no Service ${backend.service.name}`));
  }
  if (kind === 'Service') {
    const { selector, ports } = Selecting.parse(value).spec;
    const isSelected = manifests.some(
      (one) => one.kind === 'Deployment' && isPart(selector, labelsOf(one)),
    );
    return [
      ...(isSelected ? [] : [at('it selects no Deployment')]),
      ...ports
        .filter(({ port }) => PORTS.get(name) !== port)
        .map(({ port }) => at(`${name} does not listen on ${port}`)),
    ];
  }
  if (kind !== 'Deployment' && kind !== 'Job') return [];
  const { replicas, template } = PodOwner.parse(value).spec;
  const { enableServiceLinks, containers } = template.spec;
  const isScaled = manifests.some(
    (one) => one.kind === 'HorizontalPodAutoscaler' && scaledBy(one).name === name,
  );
  return [
    ...(isScaled && replicas !== undefined
      ? [at('an autoscaler sets replicas: each apply would reset them')]
      : []),
    ...(enableServiceLinks
      ? [at('enableServiceLinks must be false: CMS_PORT and others would be set to URLs')]
      : []),
    ...containers.flatMap((container) => [
      ...unknownSettings(container.env.map((variable) => variable.name)),
      ...container.envFrom
        .filter(({ configMapRef }) => !exists('ConfigMap', configMapRef.name))
        .map(({ configMapRef }) => at(`there is no ConfigMap ${configMapRef.name}`)),
      ...processProblems(kind, container).map(at),
    ]),
  ];
}

function processProblems(kind: string, container: z.output<typeof Container>): string[] {
  const { args, ports, startupProbe, readinessProbe, livenessProbe } = container;
  const [command = ''] = args;
  if (kind === 'Job') return command === 'migrate' ? [] : [`no process is called "${command}"`];
  const wanted = PORTS.get(command);
  if (wanted === undefined) return [`no process is called "${command}"`];
  const names = new Set(ports.map((port) => port.name));
  const wrongPorts = ports.filter(({ containerPort }) => containerPort !== wanted);
  const probes = [startupProbe, readinessProbe, livenessProbe];
  return [
    ...wrongPorts.map(({ containerPort }) => `${command} does not listen on ${containerPort}`),
    ...probes.flatMap((probe) => {
      if (!probe) return ['it needs a startup, a readiness and a liveness probe'];
      const { path, port } = probe.httpGet;
      return [
        ...(PROBES.has(path) ? [] : [`there is no health check ${path}`]),
        ...(names.has(port) ? [] : [`there is no port ${port}`]),
      ];
    }),
  ];
}

const scaledBy = ({ value }: Manifest) => Scaling.parse(value).spec.scaleTargetRef;

const labelsOf = ({ value }: Manifest) => PodOwner.parse(value).spec.template.metadata.labels;

const isPart = (part: Readonly<Record<string, string>>, whole: Readonly<Record<string, string>>) =>
  Object.entries(part).every(([key, text]) => whole[key] === text);

function listProblems({ path, text }: SourceFile, files: readonly SourceFile[]): string[] {
  const [document] = parseAllDocuments(text);
  const { resources } = Kustomization.parse(document?.toJS());
  const names = files.map((file) => file.path.slice(file.path.lastIndexOf('/') + 1));
  return [
    ...names
      .filter((name) => !resources.includes(name))
      .map((name) => `${path}: ${name} is missing`),
    ...resources
      .filter((name) => !names.includes(name))
      .map((name) => `${path}: ${name} does not exist`),
  ];
}
