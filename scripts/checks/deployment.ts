import { outcomeOf, type Check } from './check.ts';
import { composeProblems } from './deployment/compose.ts';
import { kubernetesProblems } from './deployment/kubernetes.ts';
import { alertProblems, dashboardProblems, publishedMetrics } from './deployment/metrics.ts';
import { SETTING_FILES, knownSettings } from './deployment/settings.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** The files of deploy/ agree with the code: settings, processes, ports, health checks, metrics. */
export const deployment: Check = {
  name: 'deployment',
  async run() {
    const settings = knownSettings(await sourceFiles(SETTING_FILES));
    const files = await sourceFiles(/^(?:deploy\/.*|docs\/operations\.md)$/);
    const manifests = files.filter(({ path }) => /^deploy\/kubernetes\/.*\.yaml$/.test(path));
    const metrics = publishedMetrics();
    return outcomeOf([
      ...(await kubernetesProblems(manifests, settings)),
      ...composeProblems(fileAt(files, 'deploy/compose.yaml'), {
        example: fileAt(files, 'deploy/compose.env.example'),
        settings,
      }),
      ...alertProblems(fileAt(files, 'deploy/prometheus/alerts.yaml'), {
        metrics,
        handbook: fileAt(files, 'docs/operations.md'),
      }),
      ...dashboardProblems(fileAt(files, 'deploy/grafana/dashboard.json'), metrics),
    ]);
  },
};

function fileAt(files: readonly SourceFile[], wanted: string): SourceFile {
  const file = files.find(({ path }) => path === wanted);
  if (file) return file;
  throw new Error(`${wanted} does not exist.`);
}
