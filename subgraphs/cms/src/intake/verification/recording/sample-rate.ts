const MAX_SAMPLES_PER_SECOND = 768_000;

export const isSampleRate = (samplesPerSecond: number): boolean =>
  samplesPerSecond > 0 && samplesPerSecond <= MAX_SAMPLES_PER_SECOND;
