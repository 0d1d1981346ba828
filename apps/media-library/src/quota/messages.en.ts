export const quota = {
  label: 'Space',
  used: '{{used}} used',
  usedOf: '{{used}} of {{limit}} used',
} as const;
