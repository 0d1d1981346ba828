import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const PROGRAM = process.env['WRK_PATH'] ?? '/usr/bin/wrk';
const Summary = z.object({ requests: z.number(), microseconds: z.number(), failed: z.number() });

/**
 * Posts `body` to a URL again and again. wrk is written in C: a client in JavaScript would use a third of the CPU time
 * of the gateway, on the same cores.
 */
export async function openWrk(folder: string, body: string) {
  const script = join(folder, 'wrk.lua');
  await writeFile(script, scriptOf(body));
  /** @returns how many responses arrived, and in what time. */
  return async (
    url: string,
    { connections, seconds }: { connections: number; seconds: number },
  ) => {
    const { stdout } = await promisify(execFile)(PROGRAM, [
      '--threads=1',
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      `--script=${script}`,
      url,
    ]);
    const { requests, microseconds, failed } = Summary.parse(
      JSON.parse(stdout.slice(stdout.indexOf('{'))),
    );
    if (failed > 0) throw new Error(`${failed} of ${requests} requests failed.`);
    return { requests, seconds: microseconds / 1e6 };
  };
}

const scriptOf = (body: string) => `
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = [==[${body}]==]
function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"microseconds":%d,"failed":%d}', summary.requests, summary.duration, failed))
end
`;
