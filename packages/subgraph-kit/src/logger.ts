import { pino } from 'pino';
import pretty from 'pino-pretty';
import { loggedError } from './logged-error.ts';
import { logFields } from './telemetry/activity.ts';

export type Logger = pino.Logger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** JSON lines on stdout, readable lines in a terminal. Tokens are never logged, and input only as excerpts. */
export function createLogger({ name, level }: { name: string; level: string }): Logger {
  const options = {
    name,
    level,
    base: { name },
    mixin: logFields,
    serializers: { err: loggedError },
    redact: ['authorization', '*.authorization', 'headers.authorization'],
  };
  const output = pino.destination({ fd: process.stdout.fd, sync: true });
  // A closed terminal or a reader that has ended: there is nobody to tell.
  output.on('error', () => {});
  if (!process.stdout.isTTY) return pino(options, output);
  return pino(
    options,
    pretty({
      ignore: 'pid,hostname,name',
      messageFormat: `[${name}] {msg}`,
      destination: output,
    }),
  );
}
