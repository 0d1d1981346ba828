/** The server ended before it accepted connections. The message contains the reason from its log. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Temporary: the last processes of a killed server, or a port that another process took. */
  readonly isPassing: boolean;

  constructor(log: string, logFile: string) {
    const reasons = log
      .split('\n')
      .map(withoutPrefix)
      .filter((line) => !isNoise(line));
    super(`PostgreSQL did not start: ${reasons.join(' ') || 'no output'} (${logFile})`);
    this.isPassing =
      /shared memory block|Address already in use|"postmaster.pid" already exists/.test(log);
  }
}

/** Log lines start with the time, its zone and the process. */
function withoutPrefix(line: string): string {
  return line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, '').trim();
}

function isNoise(line: string): boolean {
  return line === '' || /^LOG: +(starting|listening|database system|shutting)/.test(line);
}
