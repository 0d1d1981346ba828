import { processRegistry } from '@federated-media/subgraph-kit/telemetry/metrics';
import { createMetrics } from '@federated-media/subgraph-kit/telemetry/module-metrics';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SourceFile } from '../source-files.ts';

const Alert = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels: z.object({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.object({ summary: z.string(), action: z.string(), runbook: z.string() }),
});
const Rules = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(Alert) })),
});
const Dashboard = z.looseObject({
  panels: z.array(
    z.looseObject({ title: z.string(), targets: z.array(z.looseObject({ expr: z.string() })) }),
  ),
});

/** Created by Prometheus itself. */
const OF_PROMETHEUS = ['up'];

/** Every name under which a process publishes values. */
export function publishedMetrics(): ReadonlySet<string> {
  const metrics = [processRegistry, createMetrics().registry].flatMap((registry) =>
    registry.getMetricsAsArray(),
  );
  const names = metrics.flatMap(({ name, type }) =>
    String(type) === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  );
  return new Set([...names, ...OF_PROMETHEUS]);
}

/** Metrics in alerts that no process publishes, and alerts without a section in the documentation. */
export function alertProblems(
  { path, text }: SourceFile,
  { metrics, handbook }: { metrics: ReadonlySet<string>; handbook: SourceFile },
): string[] {
  const read = Rules.safeParse(parse(text));
  if (!read.success) return [`${path}: ${z.prettifyError(read.error)}`];
  const alerts = read.data.groups.flatMap(({ rules }) => rules);
  return alerts.flatMap(({ alert, expr, annotations }) => [
    ...unknownMetrics(expr, metrics).map(
      (name) => `${path}: ${alert}: no metric is called ${name}`,
    ),
    ...(handbook.text.includes(`### ${alert}\n`)
      ? []
      : [`${handbook.path}: a section "### ${alert}" is missing`]),
    ...(annotations.runbook === `${handbook.path}#${alert.toLowerCase()}`
      ? []
      : [`${path}: ${alert}: the runbook must be ${handbook.path}#${alert.toLowerCase()}`]),
  ]);
}

export function dashboardProblems(
  { path, text }: SourceFile,
  metrics: ReadonlySet<string>,
): string[] {
  const read = Dashboard.safeParse(JSON.parse(text));
  if (!read.success) return [`${path}: ${z.prettifyError(read.error)}`];
  return read.data.panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ expr }) =>
      unknownMetrics(expr, metrics).map((name) => `${path}: ${title}: no metric is called ${name}`),
    ),
  );
}

/** A name with a selector: `name{`. Each selector of our expressions has at least one label. */
const unknownMetrics = (expression: string, metrics: ReadonlySet<string>): string[] =>
  Array.from(expression.matchAll(/([a-zA-Z_:][\w:]*)\{/g), ([, name = '']) => name).filter(
    (name) => !metrics.has(name),
  );
