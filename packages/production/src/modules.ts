import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of the repository, or of the image. */
export const root = join(import.meta.dirname, '../../..');

/** One module and how it is configured. */
export interface KnownModule {
  readonly name: string;
  readonly main: string;
  /** The setting for its port, and the port without it. */
  readonly portSetting: string;
  /** The folder with its migrations; null for the gateway, which has no database. */
  readonly prismaFolder: string | null;
}

/** The gateway and the subgraphs that are in this tree. A subgraph can be removed. */
export async function knownModules(): Promise<readonly KnownModule[]> {
  const entries = await readdir(join(root, 'subgraphs'), { withFileTypes: true });
  const subgraphs = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return [
    {
      name: 'gateway',
      main: join(root, 'gateway/src/main.ts'),
      portSetting: 'PORT',
      prismaFolder: null,
    },
    ...subgraphs.toSorted().map((name) => ({
      name,
      main: join(root, 'subgraphs', name, 'src/main.ts'),
      portSetting: settingOf(name, 'PORT'),
      prismaFolder: join(root, 'prisma', name),
    })),
  ];
}

/** `settingOf('art-gallery', 'PORT')` is ART_GALLERY_PORT. */
export const settingOf = (
  name: string,
  setting: 'PORT' | 'DATABASE_URL' | 'DATABASE_DIRECT_URL',
): string => `${name.toUpperCase().replaceAll('-', '_')}_${setting}`;
