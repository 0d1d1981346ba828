import {
  type GraphQLSchema,
  buildSchema,
  execute,
  isObjectType,
  parse,
  printSchema,
  validate,
} from 'graphql';
import type { Answer } from './compare.ts';
import type { World } from './world.ts';

/** One plain graphql-js schema with the types of `apiSchema`. */
export function createMonolith(apiSchema: GraphQLSchema, resolvers: World['monolith']) {
  const schema = buildSchema(printSchema(apiSchema));
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`Resolvers for ${typeName}, which is no object type.`);
    for (const [fieldName, resolve] of Object.entries(fields)) {
      const field = type.getFields()[fieldName];
      if (!field) throw new Error(`There is no field ${typeName}.${fieldName}.`);
      if (typeof resolve !== 'function')
        throw new Error(`${typeName}.${fieldName} is no function.`);
      field.resolve = resolve;
    }
  }
  return {
    schema,
    isValid: (query: string) => validate(schema, parse(query)).length === 0,
    async ask(query: string, variableValues: Readonly<Record<string, unknown>>): Promise<Answer> {
      const document = parse(query);
      const { data, errors = [] } = await execute({ schema, document, variableValues });
      return { text: JSON.stringify({ data }), errors };
    },
  };
}
