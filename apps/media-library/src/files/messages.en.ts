export const files = {
  heading: 'Files',
  none: 'There are no files here.',
} as const;
