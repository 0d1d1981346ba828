import type { Resolvers } from '../../generated/graphql.ts';

export const presetResolvers = {
  Query: {
    imagePresets: (_root, _none, { presets }) =>
      [...presets].map(([name, { width, height, fit }]) => ({ name, width, height, fit })),
  },
  // Resolved from their parents.
  ImagePreset: {},
} satisfies Resolvers;
