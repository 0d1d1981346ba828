/**
 * A program that hosts several modules in one process. Its arguments are the paths of their `main.ts`, in the order
 * of their start.
 */
import { hostModules, loadModules } from './host-modules.ts';
import { createLogger } from './logger.ts';
import { serveProcess } from './process.ts';

const { env } = process;

await serveProcess({
  name: 'platform',
  logger: createLogger({ name: 'platform', level: env['LOG_LEVEL'] || 'info' }),
  async start() {
    const { urls, ...serving } = await hostModules(await loadModules(process.argv.slice(2)), {
      env,
    });
    return { url: [...urls.values()].at(-1) ?? '', ...serving };
  },
});
