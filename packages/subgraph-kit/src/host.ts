/**
 * A program that hosts several modules in one process. Its arguments are the paths of their `main.ts`, in the order
 * of their start.
 */
import { hostModules, loadModules } from './host-modules.ts';
import { createLogger } from './logger.ts';
import { serveProcess } from './process.ts';

const { env } = process;
/** More than one module needs to stop. */
const STOP_WITHIN_MS = 12_000;

await serveProcess({
  name: 'platform',
  logger: createLogger({ name: 'platform', level: env['LOG_LEVEL'] || 'info' }),
  stopWithinMs: STOP_WITHIN_MS,
  async start() {
    const { urls, close } = await hostModules(await loadModules(process.argv.slice(2)), { env });
    return { url: [...urls.values()].at(-1) ?? '', close };
  },
});
