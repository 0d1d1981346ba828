import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSubgraph } from '@apollo/federation-internals';
import { GraphQLError, parse, Source, validate, type GraphQLSchema } from 'graphql';
import { composeSubgraphs, describeProblem, readSubgraphs } from '../composition.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { projectRoot } from '../project.ts';
import { allSubgraphs } from '../subgraphs.ts';

/** What consumers ask the CMS; code is generated from it as it is from the schemas. */
const documentFolder = 'packages/media-consumer/src/cms';

/** The errors in the .graphql files from which code is generated: file, line and reason of each. */
export async function graphqlProblems(root = projectRoot): Promise<string[]> {
  const { problems, documents } = composeSubgraphs(await readSubgraphs(allSubgraphs, root));
  if (problems.length > 0) return problems.map(describeProblem);
  const cms = documents.get('cms');
  if (!cms) return [];
  return documentProblems(buildSubgraph('cms', '', cms).schema.toGraphQLJSSchema(), root);
}

async function documentProblems(schema: GraphQLSchema, root: string): Promise<string[]> {
  const names = await Array.fromAsync(glob('*.graphql', { cwd: join(root, documentFolder) }));
  const problems = names.toSorted().map(async (name) => {
    const path = `${documentFolder}/${name}`;
    const text = await readFile(join(root, path), 'utf8');
    return errorsOf(new Source(text, path), schema).map((error) => describe(error, path));
  });
  return (await Promise.all(problems)).flat();
}

function errorsOf(source: Source, schema: GraphQLSchema): readonly unknown[] {
  try {
    return validate(schema, parse(source));
  } catch (error) {
    return [error];
  }
}

function describe(error: unknown, path: string): string {
  const line = error instanceof GraphQLError ? error.locations?.[0]?.line : undefined;
  return `${path}:${line ?? 1}: ${messageOf(error)}`;
}
