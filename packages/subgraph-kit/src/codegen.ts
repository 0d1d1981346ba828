/**
 * Options of graphql-codegen for a subgraph: SDL in `src` to types in `src/generated/graphql.ts`. `mappers` set the
 * real types of resolver parents, as `../mappers.ts#Name` (relative to the generated file).
 */
export const subgraphCodegen = ({ mappers = {} }: { mappers?: Record<string, string> } = {}) => ({
  schema: 'src/**/*.graphql',
  importExtension: '.ts' as const,
  errorsOnly: true,
  generates: {
    'src/generated/graphql.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        contextType: '../context.ts#Context',
        mappers,
        scalars: {
          _FieldSet: 'string',
          DateTime: { input: 'Date', output: 'Date' },
          Locale: 'string',
          SafeInt: 'number',
          Upload: {
            input: "Promise<import('@federated-media/multipart/upload').IncomingFile>",
            output: 'never',
          },
          URL: { input: 'URL', output: 'string' },
        },
      },
    },
  },
});
