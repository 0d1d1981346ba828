import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { z } from 'zod';
import { megabytes, most, printTable, seconds } from '../table.ts';
import type { UpkeepReport, UpkeepSettings } from './upkeep-process.ts';

const Report = z.object({
  done: z.number(),
  residentBytes: z.number(),
  seconds: z.number(),
  isOver: z.boolean(),
});

/** Time and memory of comparing all rows with all objects, at the start and in the end. */
export async function printUpkeep(database: string) {
  const rows: string[][] = [];
  for (const task of ['verify', 'sweep'] as const) {
    const reports = await runUpkeep({ database, task });
    const early = reports.filter(({ done }) => done <= EARLY);
    const last = reports.at(-1);
    rows.push([
      task,
      `${((last?.done ?? 0) / 1e6).toFixed(1)} M`,
      seconds(last?.seconds ?? 0),
      megabytes(peakOf(early)),
      megabytes(peakOf(reports)),
      (loadavg()[0] ?? 0).toFixed(1),
    ]);
  }
  printTable('Comparing rows and objects', [
    ['', 'compared', 'time', `memory up to ${EARLY / 1e6} M`, 'peak', 'load'],
    ...rows,
  ]);
}

const EARLY = 1_000_000;
const peakOf = (reports: readonly UpkeepReport[]) =>
  most(reports.map(({ residentBytes }) => residentBytes));

async function runUpkeep(settings: UpkeepSettings): Promise<UpkeepReport[]> {
  const child = fork(new URL('upkeep-process.ts', import.meta.url));
  const reports: UpkeepReport[] = [];
  child.on('message', (message) => reports.push(Report.parse(message)));
  child.send(settings);
  await once(child, 'exit');
  if (child.exitCode !== 0 || !reports.at(-1)?.isOver) throw new Error(`${settings.task} failed.`);
  return reports;
}
