import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import { z } from 'zod';
import { sourcePaths } from './source-files.ts';

export interface LicensedPackage {
  readonly name: string;
  readonly licence: string;
}

const Names = z.record(z.string(), z.unknown()).default({});

/** Some packages from before 2015 use a list. */
const License = z.union([
  z.string(),
  z.tuple([z.object({ type: z.string() })]).transform(([{ type }]) => type),
]);

const Manifest = z.object({
  name: z.string(),
  license: License.optional(),
  licenses: License.optional(),
  dependencies: Names,
  optionalDependencies: Names,
});

/** The packages in bundles, which are served although Node does not run them. */
const bundled: Readonly<Record<string, readonly string[]>> = {
  '@federated-media/graphiql': ['graphiql', 'graphql', 'react', 'react-dom'],
  '@federated-media/media-library': [
    '@apollo/client',
    '@atlaskit/pragmatic-drag-and-drop',
    '@mantine/core',
    '@mantine/hooks',
    '@mantine/notifications',
    '@tabler/icons-react',
    '@tanstack/react-virtual',
    '@uppy/core',
    'client-zip',
    'i18next',
    'idb-keyval',
    'oidc-client-ts',
    'react',
    'react-dom',
    'react-i18next',
    'react-router',
    'rxjs',
    'valibot',
    'wavesurfer.js',
  ],
};

/** Lists all installed packages that the gateway and the subgraphs run or serve, and those of the examples. */
export async function productionPackages(): Promise<LicensedPackage[]> {
  const paths = await sourcePaths();
  const processes = paths.filter((path) =>
    /^(?:gateway|packages\/production|(?:subgraphs|examples)\/[^/]+)\/package\.json$/.test(path),
  );
  const waiting = processes.map((path) => join(projectRoot, path));
  const found = new Map<string, LicensedPackage>();
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    const file = await realpath(path);
    if (found.has(file)) continue;
    const manifest = Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
    const { name, license, licenses, dependencies, optionalDependencies } = manifest;
    const isOurs = !file.includes('node_modules');
    found.set(file, { name, licence: isOurs ? 'MIT' : (license ?? licenses ?? 'unknown') });
    const names = { ...dependencies, ...optionalDependencies };
    for (const needed of [...Object.keys(names), ...(bundled[name] ?? [])]) {
      const installed = await installedManifest(needed, dirname(file));
      if (installed) waiting.push(installed);
      else if (!(needed in optionalDependencies))
        throw new Error(`${needed} (${name}) is not installed.`);
    }
  }
  return [...found.values()];
}

/**
 * The package that Node resolves from `folder`; null for packages that are not installed, such as binaries of other
 * platforms.
 */
async function installedManifest(name: string, folder: string): Promise<string | null> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const path = join(at, 'node_modules', name, 'package.json');
    if (await realpath(path).catch(() => null)) return path;
  }
  return null;
}
