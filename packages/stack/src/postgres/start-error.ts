/** The server ended before it took connections. Its log says why. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Gone by itself in a moment: a killed server's last processes, or a port taken since we looked. */
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

/** Lines begin with the time, its zone and the process. */
function withoutPrefix(line: string): string {
  return line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, '').trim();
}

function isNoise(line: string): boolean {
  return line === '' || /^LOG: +(starting|listening|database system|shutting)/.test(line);
}
