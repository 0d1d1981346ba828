import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { projectRoot } from '@federated-media/stack/project';
import { beforeAll, expect, test } from 'vitest';
import { composeProblems } from './deployment/compose.ts';
import { kubernetesProblems } from './deployment/kubernetes.ts';
import { alertProblems, dashboardProblems, publishedMetrics } from './deployment/metrics.ts';
import { SETTING_FILES, knownSettings } from './deployment/settings.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

let settings: ReadonlySet<string>;
let files: readonly SourceFile[];

beforeAll(async () => {
  settings = knownSettings(await sourceFiles(SETTING_FILES));
  files = await sourceFiles(/^(?:deploy\/.*|docs\/operations\.md)$/);
});

/** A file of the repository after a change, which must change it. */
function changed(path: string, from: string | RegExp, to: string): SourceFile {
  const file = files.find((one) => one.path === path);
  const text = file?.text.replace(from, to) ?? '';
  expect(text).not.toBe(file?.text);
  return { path, text };
}
const original = (path: string) => files.find((one) => one.path === path)!;

async function problemsOfCms(from: string | RegExp, to: string): Promise<string[]> {
  const path = 'deploy/kubernetes/cms.yaml';
  const manifests = files.filter((file) => /^deploy\/kubernetes\/.*\.yaml$/.test(file.path));
  const others = manifests.filter((file) => file.path !== path);
  return kubernetesProblems([...others, changed(path, from, to)], settings);
}

test('knows the settings of all modules', () => {
  const some = [
    'PORT',
    'CMS_DATABASE_URL',
    'BLOG_PORT',
    'STORAGE_URL',
    'RATE_LIMIT_STORE',
    'AUTH_STORE_CLAIM',
    'CORS_ORIGINS',
    'METRICS_TOKEN',
    'DATABASE_POOLER',
    'UPLOAD_MAX_BYTES',
    'CMS_URL',
  ];
  expect(some.filter((name) => !settings.has(name))).toEqual([]);
  expect(settings.has('CMS_DATABASE')).toBe(false);
});

test.each([
  [
    'a misspelled setting',
    'name: STORAGE_URL',
    'name: STORAGE_URI',
    'STORAGE_URI is not a setting',
  ],
  ['a wrong type', 'maxSkew: 1', 'maxSkew: one', 'maxSkew must be integer'],
  ['replicas of an autoscaler', 'spec:\n', 'spec:\n  replicas: 2\n', 'an autoscaler sets replicas'],
  ['a misspelled field', 'maxSurge: 1', 'maxSurges: 1', '"maxSurges"'],
  ['an unknown process', 'args: [cms]', 'args: [cmd]', 'no process is called "cmd"'],
  ['a wrong port', 'containerPort: 4001', 'containerPort: 4002', 'cms does not listen on 4002'],
  ['a wrong probe', '/health/ready', '/healthz', 'there is no health check /healthz'],
  ['a missing map', 'name: media-settings', 'name: media', 'there is no ConfigMap media'],
  ['settings of Kubernetes', 'enableServiceLinks: false', '', 'enableServiceLinks must be false'],
])('finds %s in a manifest', async (_what, from, to, problem) => {
  expect((await problemsOfCms(from, to)).join('\n')).toContain(problem);
});

test('finds mistakes in the compose file', () => {
  const example = original('deploy/compose.env.example');
  const problemsOf = (from: string, to: string) =>
    composeProblems(changed('deploy/compose.yaml', from, to), { example, settings }).join('\n');
  expect(problemsOf('SCRATCH_DIR', 'SCRATCH_FOLDER')).toContain('SCRATCH_FOLDER is not a setting');
  expect(problemsOf('command: [blog]', 'command: [blogs]')).toContain('is called "blogs"');
  expect(problemsOf('command: [cms]', 'command: [blog]')).toContain('no service runs cms');
  expect(problemsOf('read_only: true', 'readonly: true')).toContain('additional properties');
  expect(problemsOf('${AUTH_ISSUER:?}', '${ISSUER:?}')).toContain('ISSUER is missing');
});

test('finds metrics that no process publishes', () => {
  const metrics = publishedMetrics();
  const handbook = original('docs/operations.md');
  const rules = changed('deploy/prometheus/alerts.yaml', 'graphql_errors_total', 'graphql_errors');
  expect(alertProblems(rules, { metrics, handbook })).toEqual([
    'deploy/prometheus/alerts.yaml: InternalErrors: no metric is called graphql_errors',
  ]);
  const renamed = changed('deploy/prometheus/alerts.yaml', 'alert: FeedLags', 'alert: FeedIsLate');
  expect(alertProblems(renamed, { metrics, handbook }).join('\n')).toContain('### FeedIsLate');
  const dashboard = changed(
    'deploy/grafana/dashboard.json',
    'upload_bytes_total',
    'uploaded_total',
  );
  expect(dashboardProblems(dashboard, metrics)).toEqual([
    'deploy/grafana/dashboard.json: Uploads: no metric is called uploaded_total',
  ]);
});

const programs = {
  promtool: ['/usr/bin/promtool', 'test', 'rules', 'deploy/prometheus/alerts.test.yaml'],
  haproxy: ['/usr/sbin/haproxy', '-c', '-f', 'deploy/haproxy/haproxy.cfg'],
};

test.for(Object.entries(programs))('%s accepts its files', ([name, command], { skip }) => {
  const [path = '', ...args] = command;
  if (!existsSync(path)) skip(`${name} is not installed`);
  const { status, stdout, stderr } = spawnSync(path, args, { cwd: projectRoot, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
});
