export type Operation = 'upload' | 'attach' | 'remove' | 'render';

/** A moment in an operation at which a process is killed (kill -9). */
export interface KillPoint {
  readonly operation: Operation;
  readonly victim: 'cms' | 'catalog' | 'gateway';
  /** `half`: when half of the bytes were sent. Otherwise milliseconds after the start, of which a half is random. */
  readonly moment: 'half' | number;
}

const at = (
  operation: Operation,
  victim: KillPoint['victim'],
  ...moments: KillPoint['moment'][]
): KillPoint[] => moments.map((moment) => ({ operation, victim, moment }));

/** An upload takes about 50 ms, the others 10 to 30 ms, on a machine that is not busy. */
export const KILL_POINTS: readonly KillPoint[] = [
  ...at('upload', 'cms', 'half', 5, 15, 30, 60, 120),
  ...at('upload', 'gateway', 'half', 30),
  ...at('attach', 'catalog', 0, 8, 16, 30),
  ...at('attach', 'cms', 5, 15),
  ...at('remove', 'cms', 0, 5, 15),
  ...at('render', 'cms', 0, 20, 100),
];

export const nameOf = ({ operation, victim, moment }: KillPoint): string =>
  `${victim} killed ${moment === 'half' ? 'at half of an upload' : `${moment} ms into ${operation}`}`;
