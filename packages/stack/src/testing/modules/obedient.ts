// A module that behaves as expected: reports when it is ready, and stops on SIGTERM and when its parent ends.
import { appendFileSync } from 'node:fs';

const { env } = process;
const settings = Object.entries(env).filter(([name]) => /PORT$|URL$|GRAPH|DATA_DIR/.test(name));
process.stdout.write(`${JSON.stringify(Object.fromEntries(settings))}\n`);
process.on('SIGTERM', () => {
  if (env['STOP_LOG']) appendFileSync(env['STOP_LOG'], `${process.pid}\n`);
  process.stdout.write('received SIGTERM\n', () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready', url: env['READY_URL'] ?? 'http://127.0.0.1:1' });
