import { readFile } from 'node:fs/promises';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Environment } from '@federated-media/subgraph-kit/module';
import { basename } from 'node:path';
import type { KnownModule } from './modules.ts';
import { Problem } from './problem.ts';

const TIME_LIMIT_MS = 4_000;
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['gateway', '4000'],
  ['cms', '4001'],
  ['catalog', '4002'],
  ['art-gallery', '4003'],
  ['blog', '4004'],
]);

/** Asks the module of this container whether it is live. @throws Problem if it is not */
export async function checkHealth({ name, portSetting }: KnownModule, env: Environment) {
  const port = env[portSetting] || DEFAULT_PORTS.get(name);
  if (port === undefined) throw new Problem(`Set ${portSetting}.`);
  const url = `http://127.0.0.1:${port}/health/live`;
  let status: number;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIME_LIMIT_MS) });
    await response.body?.cancel();
    ({ status } = response);
  } catch (cause) {
    throw new Problem(`${url} does not respond: ${messageOf(cause)}`, { cause });
  }
  if (status !== 200) throw new Problem(`${url} responds with ${status}.`);
}

/** The module that the first process of a container runs, according to its arguments. */
export async function moduleOfContainer(program: string): Promise<string | undefined> {
  const words = (await readFile('/proc/1/cmdline', 'utf8')).split('\0');
  const at = words.findIndex((word) => basename(word) === basename(program));
  return at < 0 ? undefined : words[at + 1];
}
